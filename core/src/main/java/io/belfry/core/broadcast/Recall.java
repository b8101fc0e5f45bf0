package io.belfry.core.broadcast;

/// What came of asking to recall a broadcast.
public sealed interface Recall {
    /// From now on no inbox lists it.
    record Begun(RecallReport report) implements Recall {}

    /// It was recalled before.
    record Repeated(RecallReport report) implements Recall {}

    /// Nothing of it went out, so there is nothing to take back.
    record NothingOut(BroadcastState state) implements Recall {}

    record Unknown() implements Recall {}
}
