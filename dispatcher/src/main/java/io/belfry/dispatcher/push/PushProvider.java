package io.belfry.dispatcher.push;

/// Carries pushes to devices. At most one is configured; without one push is off and no bean of this type exists.
///
/// Thread-safe and blocking: call it from virtual threads, one per push. An implementation lets only so many pushes be
/// under way at a time and makes further callers wait, so a caller bounds how much it hands over, not how fast.
public interface PushProvider {
    /// What metrics and traces call it.
    String name();

    /// Tries once to send `message` and waits for the answer, within the provider's timeouts; it never retries by
    /// itself. What can go wrong is in the result, a bug in here included.
    ///
    /// @throws InterruptedException when interrupted while it waited for its turn; nothing was sent then
    PushResult send(PushMessage message) throws InterruptedException;
}
