package io.belfry.gateway;

import io.belfry.core.user.Bucket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/// A user who has connections to this node, and the state of the Redis channel that brings their publications.
///
/// Each event loop keeps its own chain of the user's connections here, and nobody else looks at it; which loops have
/// any is known to all. The subscription's fields belong to its [FeedLine].
final class Feed {
    private static final int LOOP_BITS = 63;

    final String user;
    final short bucket;
    private final Session[] first;
    private final AtomicLong loops = new AtomicLong();
    private final CompletableFuture<Void> firstConfirmation = new CompletableFuture<>();

    /// Connections of the user; guarded by the registry's entry for the user.
    int connections;

    /// Whether the user still has connections here.
    volatile boolean wanted;

    /// Whether Redis was asked to subscribe; the line's thread alone.
    boolean subscribed;

    private volatile boolean belated;
    private volatile boolean confirmed;

    Feed(String user, int loopCount) {
        this.user = user;
        this.bucket = (short) Bucket.of(user);
        this.first = new Session[loopCount];
    }

    /// On the loop of that number.
    Session first(int loop) {
        return first[loop];
    }

    /// On the session's loop.
    void add(Session session, int loop) {
        session.nextOfUser = first[loop];
        first[loop] = session;
        loops.updateAndGet(mask -> mask | bit(loop));
    }

    /// On the session's loop.
    void remove(Session session, int loop) {
        if (first[loop] == session) {
            first[loop] = session.nextOfUser;
        } else {
            for (Session s = first[loop]; s != null; s = s.nextOfUser) {
                if (s.nextOfUser == session) {
                    s.nextOfUser = session.nextOfUser;
                    break;
                }
            }
        }
        session.nextOfUser = null;
        if (first[loop] == null && loop < LOOP_BITS) {
            loops.updateAndGet(mask -> mask & ~bit(loop));
        }
    }

    /// Whether the loop may hold connections of the user. Any thread; exact but for the 64th loop and on, which share
    /// a bit that stays set.
    boolean mayBeOn(int loop) {
        return (loops.get() & bit(loop)) != 0;
    }

    private static long bit(int loop) {
        return 1L << Math.min(loop, LOOP_BITS);
    }

    /// Whether Redis has confirmed the subscription and has not been lost since.
    boolean isConfirmed() {
        return confirmed;
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
        if (confirmed) {
            belated = true;
            confirmed = false;
        }
    }
}
