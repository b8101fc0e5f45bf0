package io.belfry.gateway;

import io.belfry.core.broadcast.Announcements;
import java.util.concurrent.TimeUnit;

/// What one connection gets of the announcements: those that address its user, once, in order. They come in waves, each
/// handed to all connections of a loop in one pass ([AnnouncementLog]); a client that could not take one in is caught
/// up from the log. Stays on the connection's event loop.
final class AnnouncementReceiver {
    private static final long RETRY_MILLIS = 2_000;

    private enum Mode {
        JOINING,
        LIVE,
        READING,
        LAGGING
    }

    private final Gateway gateway;
    private final Session session;
    private Mode mode = Mode.JOINING;
    private long last;

    AnnouncementReceiver(Gateway gateway, Session session) {
        this.gateway = gateway;
        this.session = session;
    }

    /// The client has everything up to this offset. Waves that passed meanwhile are looked up.
    void begin(long offset) {
        last = offset;
        mode = Mode.LIVE;
        if (session.loop().announcementsHead > offset) {
            read();
        }
    }

    /// What it has past this offset is not in the log any more.
    void rewind(long head) {
        last = Math.min(last, head);
    }

    /// Whether an announcement at that offset concerns it: it is connected, and does not have it.
    boolean isBefore(long offset) {
        return mode != Mode.JOINING && offset > last;
    }

    /// Up to where the client was sent everything.
    long last() {
        return last;
    }

    void publish(Publication publication) {
        if (mode != Mode.LIVE || publication.offset() <= last) {
            return;
        }
        if (session.deliver(publication)) {
            last = publication.offset();
        } else {
            mode = Mode.LAGGING;
            gateway.metrics().dropped(GatewayMetrics.Drop.SLOW_CLIENT);
        }
    }

    /// The client takes in again.
    void drained() {
        if (mode == Mode.LAGGING) {
            read();
        }
    }

    /// Nobody knows whether the user is addressed: ask the log.
    void lookUp() {
        if (mode == Mode.LIVE) {
            read();
        }
    }

    private void read() {
        if (!session.isLive()) {
            return;
        }
        mode = Mode.READING;
        long head = session.loop().announcementsHead;
        gateway.catchUp()
                .announcements(session.user(), last)
                .whenCompleteAsync(
                        (missed, failure) -> {
                            if (!session.isLive()) {
                                return;
                            }
                            if (failure == null) {
                                catchUp(missed, head);
                                session.loop().flush();
                            } else {
                                session.loop().executor.schedule(this::read, RETRY_MILLIS, TimeUnit.MILLISECONDS);
                            }
                        },
                        session.loop().executor);
    }

    private void catchUp(CatchUp.Waves missed, long headBefore) {
        mode = Mode.LIVE;
        for (Announcements.Change change : missed.changes()) {
            Publication publication = Publication.ofAnnouncement(
                    change.offset(), gateway.wording().publication(change, session.locale()));
            publish(publication);
            publication.release();
            if (mode == Mode.LAGGING) {
                return;
            }
        }
        if (missed.isMore() || session.loop().announcementsHead != headBefore) {
            // A wave may have passed while the log was read.
            read();
        }
    }
}
