package io.belfry.benchmarks.load;

/// What is said to all users at once.
public final class Shout {
    private Shout() {}

    /// A text with the number of the notification, which is the same for all, and the time of now. All users are to
    /// have had as many before.
    public static String toAll(Users users) {
        return new Stamp(users.nextOfAll(), System.nanoTime()).text();
    }
}
