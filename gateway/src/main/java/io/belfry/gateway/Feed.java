package io.belfry.gateway;

import io.belfry.core.feed.FeedMessage;
import io.belfry.core.feed.FeedNames;
import io.belfry.core.user.Bucket;
import java.util.concurrent.atomic.AtomicLong;

/// A user who has connections to this node, and the state of the Redis channel that brings their publications.
///
/// Each event loop keeps its own chain of the user's sessions here, and nobody else looks at it; which loops have any
/// is known to all. All sessions of the node are in a second chain, the members, which the [Registry] guards.
final class Feed extends RedisSubscription {
    private static final int LOOP_BITS = 63;

    final String user;
    final short bucket;
    private final Session[] first;
    private final AtomicLong loops = new AtomicLong();

    /// Guarded by the registry's entry for the user, as what follows it.
    private Session members;

    private int memberCount;

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

    @Override
    String key() {
        return user;
    }

    @Override
    byte[] redisChannel() {
        return FeedNames.inbox(user);
    }

    @Override
    void deliver(Loop loop, byte[] message) {
        boolean farewell = FeedMessage.isFarewell(message);
        Publication publication = Publication.ofFeed(message);
        Session next;
        for (Session s = first[loop.index]; s != null; s = next) {
            next = s.nextOfUser;
            if (farewell) {
                s.connection().disconnect(Disconnect.FORCED);
            } else {
                s.inbox().publish(publication);
            }
        }
        publication.release();
    }
}
