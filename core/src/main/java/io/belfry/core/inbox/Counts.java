package io.belfry.core.inbox;

/// How much is in an inbox, exact at one offset.
///
/// @param unread not opened
/// @param unseen not yet listed, and not opened
public record Counts(int total, int unread, int unseen) {
    public static final Counts NONE = new Counts(0, 0, 0);

    /// @param difference may be negative in any part
    public Counts plus(Counts difference) {
        return new Counts(total + difference.total, unread + difference.unread, unseen + difference.unseen);
    }
}
