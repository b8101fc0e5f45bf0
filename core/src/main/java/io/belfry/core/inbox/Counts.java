package io.belfry.core.inbox;

/// How much is in an inbox, exact at one offset.
///
/// @param unread not opened
/// @param unseen not yet listed
public record Counts(int total, int unread, int unseen) {
    public static final Counts NONE = new Counts(0, 0, 0);
}
