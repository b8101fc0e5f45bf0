package io.belfry.core.event;

import io.belfry.core.user.Bucket;

/// Lanes are priority × partition. Events of one priority with the same ordering key share a lane and are therefore
/// dispatched in the order in which they were accepted. The numbers are those of the table `lanes`.
public final class Lanes {
    public static final int PARTITIONS = 8;

    private Lanes() {}

    /// @param orderingKey the caller's, or the first recipient, or the topic
    public static int of(Priority priority, String orderingKey) {
        return priority.code() * PARTITIONS + Bucket.of(orderingKey) % PARTITIONS;
    }

    public static Priority priorityOf(int lane) {
        return Priority.ofCode(lane / PARTITIONS);
    }
}
