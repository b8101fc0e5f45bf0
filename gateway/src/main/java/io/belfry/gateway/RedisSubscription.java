package io.belfry.gateway;

import java.util.concurrent.CompletableFuture;

/// Something that connections of this node want to hear of from Redis, and whether Redis sends it. What says nothing
/// else may be used by any thread.
abstract sealed class RedisSubscription permits Feed, ChannelFeed {
    private final CompletableFuture<Void> firstConfirmation = new CompletableFuture<>();

    /// Whether connections here still want it.
    volatile boolean wanted;

    /// Whether Redis was asked to subscribe; the line's thread alone.
    boolean subscribed;

    private volatile boolean belated;
    private volatile boolean confirmed;

    /// By which the connection to Redis is chosen.
    abstract String key();

    abstract byte[] redisChannel();

    /// Hands a message to the connections of one loop, on that loop.
    abstract void deliver(Loop loop, byte[] message);

    /// Whether Redis has confirmed the subscription and has not been lost since.
    boolean isConfirmed() {
        return confirmed;
    }

    /// Whether whatever may have been missed will be looked for once Redis confirms, so that nobody needs to wait for
    /// it.
    boolean isBelated() {
        return belated;
    }

    /// Done once Redis has confirmed for the first time.
    CompletableFuture<Void> firstConfirmation() {
        return firstConfirmation;
    }

    /// A client is connected without waiting for the confirmation any longer.
    void goOnWithout() {
        belated = true;
    }

    /// @return whether publications may have been missed before
    boolean confirm() {
        confirmed = true;
        firstConfirmation.complete(null);
        boolean was = belated;
        belated = false;
        return was;
    }

    /// Redis does not send us this feed at the moment.
    void lose() {
        belated = true;
        confirmed = false;
    }
}
