package io.belfry.core.inbox;

/// The rules of what counts, as SQL conditions on a row of `notifications` and its inbox, which is called `i`. All
/// statements that change counts use these, so that none has rules of its own.
public final class InboxRules {
    private InboxRules() {}

    /// @param row what the row of the notification is called, such as `n`, `old` or `new`
    public static String read(String row) {
        return "is_read(%1$s.read_at, %1$s.created_offset, %1$s.unread_offset, i.read_through, i.read_through_changed)"
                .formatted(row);
    }

    public static String seen(String row) {
        return "is_seen(%1$s.read_at, %1$s.created_offset, %1$s.unread_offset, i.read_through, i.seen_through)"
                .formatted(row);
    }

    /// Whether it counts in `total`.
    public static String listed(String row) {
        return row + ".place is null";
    }

    public static String unread(String row) {
        return "(" + listed(row) + " and not " + read(row) + ")";
    }

    public static String unseen(String row) {
        return "(" + listed(row) + " and not " + seen(row) + ")";
    }

    /// Three columns: by how much an update changes `total`, `unread` and `unseen`; for its `returning`.
    static String changes() {
        return "(new.place is null)::int - (old.place is null)::int, "
                + unread("new") + "::int - " + unread("old") + "::int, "
                + unseen("new") + "::int - " + unseen("old") + "::int";
    }
}
