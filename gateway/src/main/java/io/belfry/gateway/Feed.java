package io.belfry.gateway;

import io.belfry.core.feed.FeedMessage;
import io.belfry.core.feed.FeedNames;
import io.belfry.core.user.Bucket;

/// A user who has connections to this node, and the state of the Redis channel that brings their publications.
///
/// Each event loop keeps its own chain of the user's sessions here. All sessions of the node are in a second chain, the
/// members, which the [Registry] guards.
final class Feed extends RedisSubscription {
    final String user;
    final short bucket;
    private final LoopChains<Session> sessions;

    /// Guarded by the registry's entry for the user, as what follows it.
    private Session members;

    private int memberCount;

    Feed(String user, int loopCount) {
        this.user = user;
        this.bucket = (short) Bucket.of(user);
        this.sessions = new LoopChains<>(loopCount);
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

    /// By their loops.
    LoopChains<Session> sessions() {
        return sessions;
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
        for (Session s = sessions.first(loop.index); s != null; s = next) {
            next = s.next();
            if (farewell) {
                s.connection().disconnect(Disconnect.FORCED);
            } else {
                s.inbox().publish(publication);
            }
        }
        publication.release();
    }
}
