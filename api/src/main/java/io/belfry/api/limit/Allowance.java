package io.belfry.api.limit;

import java.util.OptionalLong;

/// What one API key may still send through this node in the present window. The node takes blocks of the window's
/// events from Redis ahead of need, and answers from what it has: no request waits for Redis. While a block is on its
/// way, events are let through on credit, so that all nodes together can exceed the limit by what comes in one round
/// trip. While Redis is away each node counts alone, and tells what it let through with its next block. Thread-safe;
/// does not block.
final class Allowance {
    private final long limit;
    private final long block;
    private long window = Long.MIN_VALUE;
    private long used;
    private long leased;
    private long takenByAll;
    private boolean leasing;
    private boolean exhausted;

    /// @param limit events of a window
    /// @param block events taken at a time
    Allowance(long limit, long block) {
        this.limit = limit;
        this.block = block;
    }

    /// @param isAllowed whether the events may come in
    /// @param lease how many more to take from Redis; empty when there is no need, or somebody is at it
    record Answer(boolean isAllowed, OptionalLong lease) {}

    /// @param events of one request, which come in together or not at all
    synchronized Answer take(long now, long events) {
        turn(now);
        boolean isAllowed = used + events <= (exhausted ? leased : limit);
        if (isAllowed) {
            used += events;
        }
        if (exhausted || leasing || leased - used > block / 2) {
            return new Answer(isAllowed, OptionalLong.empty());
        }
        leasing = true;
        return new Answer(isAllowed, OptionalLong.of(Math.max(block, used - leased + block)));
    }

    /// A block came.
    ///
    /// @param total that all nodes have taken of the window, this block included
    synchronized void granted(long ofWindow, long asked, long total) {
        if (ofWindow != window) {
            return;
        }
        leasing = false;
        takenByAll = Math.max(takenByAll, total);
        long left = Math.max(0, Math.min(asked, limit - (total - asked)));
        leased += left;
        exhausted = left < asked;
    }

    /// Redis did not give the block: the next events ask again, for what was let through meanwhile too.
    synchronized void failed(long ofWindow) {
        if (ofWindow == window) {
            leasing = false;
        }
    }

    /// About how many are left of the window for all nodes together.
    synchronized long remaining(long now) {
        turn(now);
        long others = Math.max(0, takenByAll - leased);
        return Math.max(0, limit - used - others);
    }

    private void turn(long now) {
        if (now != window) {
            window = now;
            used = 0;
            leased = 0;
            takenByAll = 0;
            leasing = false;
            exhausted = false;
        }
    }
}
