package io.belfry.gateway;

import io.belfry.core.broadcast.Announcements;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Follows the log of the announcements for the whole node, and hands each wave to the connections it concerns. A
/// notice from Redis only says that there is more; the log is also looked at every few seconds. A wave's frame is built
/// once a loop and locale, and once more for those who are not to be disturbed.
///
/// Works on one thread of its own. Waking it is thread-safe and does not block.
@Singleton
final class AnnouncementLog {
    private static final Logger LOG = LoggerFactory.getLogger(AnnouncementLog.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(5);
    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final int PAGE = 100;
    private static final int USERS_PER_QUERY = 5_000;

    private final Announcements log;
    private final Registry registry;
    private final Wording wording;
    private final GatewayMetrics metrics;
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("gateway-announcements").factory());
    private final CompletableFuture<Void> ready = new CompletableFuture<>();

    /// Guards `position`, and that a new loop either begins behind a wave or is handed it.
    private final Object lock = new Object();

    private long position;
    private volatile boolean restored;

    AnnouncementLog(Announcements log, Registry registry, Wording wording, GatewayMetrics metrics) {
        this.log = log;
        this.registry = registry;
        this.wording = wording;
        this.metrics = metrics;
        registry.onNewLoop(loop -> {
            synchronized (lock) {
                loop.announcementsHead = position;
            }
        });
    }

    void start() {
        thread.execute(this::begin);
    }

    /// Done once it is known where the log stands: no client may be connected before.
    CompletableFuture<Void> ready() {
        return ready;
    }

    /// There may be more.
    void wake() {
        if (!thread.isShutdown()) {
            thread.execute(this::look);
        }
    }

    /// The log was restored from a backup, so that its offsets come again with other waves: it is followed from its
    /// head. Clients reload what is before.
    void restart() {
        restored = true;
        wake();
    }

    private void begin() {
        try {
            synchronized (lock) {
                position = log.head();
            }
            ready.complete(null);
            thread.scheduleWithFixedDelay(
                    this::look, LOOK_EVERY.toMillis(), LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RuntimeException e) {
            metrics.databaseFailed(e);
            thread.schedule(this::begin, RETRY.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void look() {
        if (!ready.isDone()) {
            return;
        }
        try {
            if (restored) {
                rewind(log.head());
                restored = false;
            }
            List<Announcements.Wave> waves = log.wavesAfter(position, PAGE);
            while (!waves.isEmpty()) {
                for (Announcements.Wave wave : waves) {
                    publish(wave);
                }
                waves = log.wavesAfter(position, PAGE);
            }
        } catch (RuntimeException e) {
            metrics.databaseFailed(e);
        }
    }

    private void rewind(long head) {
        LOG.info("The log of announcements is followed from {} instead of {}", head, position);
        synchronized (lock) {
            position = head;
            for (Loop loop : registry.loops()) {
                loop.executor.execute(() -> {
                    loop.announcementsHead = head;
                    loop.forEach(connection -> {
                        if (connection.session() != null) {
                            connection.session().announcements().rewind(head);
                        }
                    });
                });
            }
        }
    }

    private void publish(Announcements.Wave wave) {
        Optional<Told> told = told(wave);
        Optional<Addressed> addressed = told.filter(Told::toSome).map(t -> addressed(wave));
        synchronized (lock) {
            position = wave.offset();
            for (Loop loop : registry.loops()) {
                loop.executor.execute(() -> loop.announcementsHead = wave.offset());
                told.ifPresent(t -> {
                    var pass = new Pass(loop, wave, t.change, addressed);
                    loop.forEachInTurn(pass::offer).forEach(loop.executor::execute);
                    loop.executor.execute(pass::end);
                });
            }
        }
    }

    /// What a wave tells.
    ///
    /// @param toSome whether it is asked of each user whether they are addressed
    private record Told(Announcements.Change change, boolean toSome) {}

    /// Empty when nobody is to hear of it any more.
    private Optional<Told> told(Announcements.Wave wave) {
        return switch (wave.kind()) {
            case ANNOUNCES ->
                log.find(wave.broadcastId())
                        .map(a -> new Told(new Announcements.Entry(a, wave.offset(), false, false), a.isSelective()));
            case RECALLS ->
                log.hasSnapshot(wave.broadcastId())
                        .map(toSome -> new Told(new Announcements.Recalled(wave.broadcastId(), wave.offset()), toSome));
        };
    }

    /// Which users of the wave are connected, whom of them the broadcast addresses, and who of these is not to be
    /// disturbed.
    private record Addressed(Set<String> asked, Set<String> yes, Set<String> quiet) {}

    /// For whom one frame is the right one.
    private record Kind(Optional<String> locale, boolean isSilent) {}

    private Addressed addressed(Announcements.Wave wave) {
        var asked = new HashSet<String>();
        for (Feed feed : registry.feeds()) {
            if (holds(wave, feed)) {
                asked.add(feed.user);
            }
        }
        var yes = new HashSet<String>();
        var quiet = new HashSet<String>();
        var users = new ArrayList<>(asked);
        for (int i = 0; i < users.size(); i += USERS_PER_QUERY) {
            List<String> part = users.subList(i, Math.min(users.size(), i + USERS_PER_QUERY));
            Announcements.Addressed some =
                    switch (wave.kind()) {
                        case ANNOUNCES -> log.addressed(wave.broadcastId(), part);
                        case RECALLS -> log.holders(wave.broadcastId(), part);
                    };
            yes.addAll(some.users());
            quiet.addAll(some.quiet());
        }
        return new Addressed(asked, yes, quiet);
    }

    private static boolean holds(Announcements.Wave wave, Feed feed) {
        return wave.bucketFrom() <= feed.bucket && feed.bucket < wave.bucketTo();
    }

    /// One wave over the connections of one loop. Stays on the loop.
    private final class Pass {
        private final Loop loop;
        private final Announcements.Wave wave;
        private final Announcements.Change change;
        private final Optional<Addressed> addressed;
        private final Map<Kind, Publication> frames = new HashMap<>();

        Pass(Loop loop, Announcements.Wave wave, Announcements.Change change, Optional<Addressed> addressed) {
            this.loop = loop;
            this.wave = wave;
            this.change = change;
            this.addressed = addressed;
        }

        void offer(Connection connection) {
            Session session = connection.session();
            if (session == null
                    || !holds(wave, session.feed())
                    || !session.announcements().isBefore(wave.offset())) {
                return;
            }
            if (addressed.isEmpty() || addressed.get().yes.contains(session.user())) {
                boolean isSilent =
                        addressed.isPresent() && addressed.get().quiet.contains(session.user());
                session.announcements()
                        .publish(frames.computeIfAbsent(new Kind(session.locale(), isSilent), this::publication));
            } else if (!addressed.get().asked.contains(session.user())) {
                // It came after the question.
                session.announcements().lookUp();
            }
        }

        private Publication publication(Kind kind) {
            Announcements.Change told =
                    switch (change) {
                        case Announcements.Entry entry ->
                            new Announcements.Entry(entry.announcement(), entry.offset(), false, kind.isSilent);
                        case Announcements.Recalled recalled -> recalled;
                    };
            return Publication.ofAnnouncement(wave.offset(), wording.publication(told, kind.locale));
        }

        void end() {
            frames.values().forEach(Publication::release);
            LOG.debug("wave {} went over loop {}", wave.offset(), loop.index);
        }
    }

    @PreDestroy
    void close() {
        thread.shutdownNow();
    }
}
