package io.belfry.gateway;

/// The connections of one event loop that all wait for the same kind of thing, each for the same time, so that the
/// order of their joining is the order of their deadlines. Joining, leaving and looking for who is late cost nothing
/// that grows with their number, and a waiting connection takes no memory of its own. Stays on its loop.
final class DeadlineList {
    private final long patienceNanos;
    private Connection first;
    private Connection last;

    DeadlineList(long patienceNanos) {
        this.patienceNanos = patienceNanos;
    }

    void add(Connection connection, long nowNanos) {
        if (connection.waitingIn != null) {
            connection.waitingIn.remove(connection);
        }
        connection.waitingIn = this;
        connection.waitsUntilNanos = nowNanos + patienceNanos;
        connection.waitsBefore = last;
        if (last == null) {
            first = connection;
        } else {
            last.waitsAfter = connection;
        }
        last = connection;
    }

    /// How long one that is in the list has been in it.
    long waitedNanos(Connection connection, long nowNanos) {
        return nowNanos - (connection.waitsUntilNanos - patienceNanos);
    }

    void remove(Connection connection) {
        Connection before = connection.waitsBefore;
        Connection after = connection.waitsAfter;
        if (before == null) {
            first = after;
        } else {
            before.waitsAfter = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.waitsBefore = before;
        }
        connection.waitsBefore = null;
        connection.waitsAfter = null;
        connection.waitingIn = null;
    }

    /// Removes and returns one that is late, or null.
    Connection pollLate(long nowNanos) {
        Connection late = first;
        if (late == null || late.waitsUntilNanos - nowNanos > 0) {
            return null;
        }
        remove(late);
        return late;
    }
}
