package io.belfry.benchmarks.load;

import java.util.concurrent.atomic.AtomicIntegerArray;

/// The users of a run and how many notifications each was sent so far. Thread-safe, but the events of one user are
/// to be sent one after the other.
public final class Users {
    /// A prime, so that its multiples meet every user before they meet one twice.
    private static final long STRIDE = 611_953;

    private final String prefix;
    private final long stride;
    private final AtomicIntegerArray sent;

    /// @param prefix of their ids
    public Users(String prefix, int count) {
        this(prefix, count, 1);
    }

    private Users(String prefix, int count, long stride) {
        this.prefix = prefix;
        this.stride = stride;
        this.sent = new AtomicIntegerArray(count);
    }

    /// Those with the ids `prefix0` to `prefix(count - 1)`, in an order in which neighbours lie far apart, as the
    /// recipients of a real event do.
    ///
    /// @param count no multiple of 611,953
    public static Users scattered(String prefix, int count) {
        return new Users(prefix, count, STRIDE);
    }

    public int count() {
        return sent.length();
    }

    public String id(int user) {
        return prefix + user * stride % count();
    }

    /// Takes the number of the user's next notification.
    int next(int user) {
        return sent.incrementAndGet(user);
    }

    /// Takes the number of the next notification that all users get at once. All are to have had as many before.
    int nextOfAll() {
        int number = next(0);
        for (int user = 1; user < count(); user++) {
            if (next(user) != number) {
                throw new IllegalStateException("users differ in what they were sent before");
            }
        }
        return number;
    }

    int sentTo(int user) {
        return sent.get(user);
    }
}
