package io.belfry.gateway;

import io.belfry.core.inbox.InboxChange;
import io.belfry.core.inbox.Recovery;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/// What one connection gets of its user's inbox: every change once, in the order of offsets. Publications come from
/// several processes after their commits, so they may come in any order, twice, or not at all. One that comes too early
/// is held back for an instant, and then what is missing is read from the log. Stays on the connection's event loop.
final class InboxReceiver {
    private static final int MAX_HELD = 64;
    private static final long RETRY_MILLIS = 500;
    private static final long MAX_RETRY_MILLIS = 8_000;

    private enum Mode {
        /// The client is not connected yet: hold everything.
        JOINING,
        /// Nothing is missing.
        LIVE,
        /// Something is missing that may yet come.
        HOLDING,
        /// What is missing is being read.
        READING,
        /// The client does not take in what was written: drop everything, and read it when it does.
        LAGGING
    }

    private final Gateway gateway;
    private final Session session;
    private Mode mode = Mode.JOINING;
    private long last;
    private long told;
    private ArrayList<Publication> held;
    private long retryMillis = RETRY_MILLIS;

    InboxReceiver(Gateway gateway, Session session) {
        this.gateway = gateway;
        this.session = session;
    }

    /// The client has everything up to this offset; what came meanwhile follows.
    void begin(long offset) {
        last = offset;
        goLive();
    }

    /// Up to where the client was sent everything.
    long last() {
        return last;
    }

    void publish(Publication publication) {
        if (publication.offset() <= last) {
            return;
        }
        if (publication.receiptWanted()) {
            session.proof().owed(publication.offset());
        }
        switch (mode) {
            case LIVE -> {
                if (publication.offset() == last + 1) {
                    deliver(publication);
                } else {
                    hold(publication);
                    await();
                }
            }
            case HOLDING -> {
                hold(publication);
                if (publication.offset() == last + 1) {
                    goLive();
                }
            }
            case JOINING, READING -> hold(publication);
            case LAGGING -> {}
        }
    }

    /// The log stands at this offset: if that was never published to us, it is read.
    void reconcile(long head) {
        told = Math.max(told, head);
        if (mode == Mode.LIVE && told > last) {
            await();
        }
    }

    /// Whatever was being read is delivered; what came meanwhile follows.
    private void goLive() {
        deliverHeld();
        if (mode == Mode.LIVE && told > last) {
            await();
        }
    }

    /// The client takes in again.
    void drained() {
        if (mode == Mode.LAGGING) {
            read();
        }
    }

    /// @return whether it went out; otherwise the connection lags
    private boolean deliver(Publication publication) {
        if (session.deliver(publication)) {
            last = publication.offset();
            return true;
        }
        lag();
        return false;
    }

    private void lag() {
        mode = Mode.LAGGING;
        held = null;
        gateway.metrics().dropped(GatewayMetrics.Drop.SLOW_CLIENT);
    }

    private void hold(Publication publication) {
        if (held == null) {
            held = new ArrayList<>(4);
        }
        if (held.size() < MAX_HELD) {
            held.add(publication);
        }
    }

    private void deliverHeld() {
        mode = Mode.LIVE;
        if (held == null) {
            return;
        }
        ArrayList<Publication> waiting = held;
        held = null;
        waiting.sort(Comparator.comparingLong(Publication::offset));
        for (Publication publication : waiting) {
            if (mode == Mode.LIVE && publication.offset() == last + 1) {
                deliver(publication);
                publication.release();
            } else if (mode != Mode.LAGGING && publication.offset() > last) {
                mode = Mode.HOLDING;
                hold(publication);
            }
        }
        if (mode == Mode.HOLDING) {
            await();
        }
    }

    private void await() {
        mode = Mode.HOLDING;
        long waitedFor = last;
        session.loop()
                .executor
                .schedule(
                        () -> {
                            if (mode == Mode.HOLDING && last == waitedFor) {
                                gateway.metrics().gap();
                                read();
                            }
                        },
                        gateway.settings().recovery().gapHold().toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    private void read() {
        if (!session.isLive()) {
            return;
        }
        mode = Mode.READING;
        gateway.catchUp()
                .inbox(session.user(), last)
                .whenCompleteAsync(
                        (recovery, failure) -> {
                            if (session.isLive()) {
                                if (failure == null) {
                                    retryMillis = RETRY_MILLIS;
                                    catchUp(recovery);
                                } else {
                                    readLater();
                                }
                                session.loop().flush();
                            }
                        },
                        session.loop().executor);
    }

    private void readLater() {
        long delay = ThreadLocalRandom.current().nextLong(retryMillis / 2, retryMillis);
        retryMillis = Math.min(2 * retryMillis, MAX_RETRY_MILLIS);
        session.loop().executor.schedule(this::read, delay, TimeUnit.MILLISECONDS);
    }

    private void catchUp(Recovery recovery) {
        switch (recovery) {
            case Recovery.Complete(var position, var changes) -> {
                for (InboxChange change : changes) {
                    Publication publication = Publication.ofLog(change);
                    session.proof().owed(change.offset());
                    boolean delivered = deliver(publication);
                    publication.release();
                    if (!delivered) {
                        return;
                    }
                }
                last = Math.max(last, position.head());
                goLive();
            }
            case Recovery.Reload _ -> session.connection().disconnect(Disconnect.INSUFFICIENT_STATE);
        }
    }
}
