package io.belfry.gateway;

import io.belfry.core.user.Bucket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/// A user who has connections to this node, and the state of the Redis channel that brings their publications.
///
/// Each event loop keeps its own chain of the user's sessions here, and nobody else looks at it; which loops have any
/// is known to all. All sessions of the node are in a second chain, the members, which the [Registry] guards. The
/// subscription's fields belong to its [FeedLine].
final class Feed {
    private static final int LOOP_BITS = 63;

    final String user;
    final short bucket;
    private final Session[] first;
    private final AtomicLong loops = new AtomicLong();
    private final CompletableFuture<Void> firstConfirmation = new CompletableFuture<>();

    /// Guarded by the registry's entry for the user, as what follows it.
    private Session members;

    private int memberCount;

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

    // Members: with the registry's entry for the user locked -----------------------------------------------------

    int memberCount() {
        return memberCount;
    }

    void addMember(Session session) {
        session.nextMember = members;
        members = session;
        memberCount++;
    }

    /// Removes it if it is one.
    void removeMember(Session session) {
        Session before = null;
        for (Session s = members; s != null; before = s, s = s.nextMember) {
            if (s == session) {
                if (before == null) {
                    members = s.nextMember;
                } else {
                    before.nextMember = s.nextMember;
                }
                session.nextMember = null;
                memberCount--;
                return;
            }
        }
    }

    /// The member whose client has been silent for longest. There is one.
    Session mostSilent() {
        Session silent = members;
        for (Session s = members.nextMember; s != null; s = s.nextMember) {
            if (s.connection().heardAtNanos() - silent.connection().heardAtNanos() < 0) {
                silent = s;
            }
        }
        return silent;
    }

    /// Whether a device has a live session.
    boolean isLive(String deviceId) {
        for (Session s = members; s != null; s = s.nextMember) {
            if (s.isLive() && s.deviceId().equals(deviceId)) {
                return true;
            }
        }
        return false;
    }

    // Sessions of one loop: on that loop -------------------------------------------------------------------------

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

    // The subscription -------------------------------------------------------------------------------------------

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
