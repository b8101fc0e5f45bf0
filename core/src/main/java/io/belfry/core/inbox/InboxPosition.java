package io.belfry.core.inbox;

/// Where an inbox stands: the offset of its last change and the counts there. A user without an inbox is at 0.
public record InboxPosition(long head, Counts counts) {
    public static final InboxPosition START = new InboxPosition(0, Counts.NONE);
}
