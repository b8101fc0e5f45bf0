package io.belfry.core.inbox;

/// The epoch of an inbox, as clients are told it and name it again: that of the installation, and a number where the
/// inbox was erased and begun anew. An offset means something only together with it. Stateless.
public final class InboxEpoch {
    private static final char SEPARATOR = '-';

    private InboxEpoch() {}

    /// @param generation how often inboxes in that place were erased
    static String of(String installation, int generation) {
        return generation == 0 ? installation : installation + SEPARATOR + generation;
    }

    /// The installation's part of an epoch.
    public static String installation(String epoch) {
        int end = epoch.indexOf(SEPARATOR);
        return end < 0 ? epoch : epoch.substring(0, end);
    }
}
