package io.belfry.benchmarks.load;

import java.util.concurrent.atomic.AtomicIntegerArray;

/// The users of a run and how many notifications each was sent so far. Thread-safe, but the events of one user are
/// to be sent one after the other.
public final class Users {
    private final String prefix;
    private final AtomicIntegerArray sent;

    /// @param prefix of their ids
    public Users(String prefix, int count) {
        this.prefix = prefix;
        this.sent = new AtomicIntegerArray(count);
    }

    public int count() {
        return sent.length();
    }

    public String id(int user) {
        return prefix + user;
    }

    /// Takes the number of the user's next notification.
    int next(int user) {
        return sent.incrementAndGet(user);
    }

    int sentTo(int user) {
        return sent.get(user);
    }
}
