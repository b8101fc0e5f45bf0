package io.belfry.dispatcher.broadcast;

import io.belfry.core.broadcast.Broadcasts;
import io.belfry.core.feed.FeedNames;
import io.belfry.core.feed.Feeds;
import io.belfry.core.signal.Signal;
import io.belfry.core.signal.Signals;
import io.belfry.dispatcher.failpoint.Failpoint;
import io.belfry.dispatcher.failpoint.Failpoints;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micronaut.context.annotation.Context;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The thread that sends broadcasts: commits a wave that is due, then tells the gateways. They find a wave of which
/// nobody told them by themselves, since they follow the log.
@Context
final class WaveWorker {
    private static final Logger LOG = LoggerFactory.getLogger(WaveWorker.class);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);

    private final Waves waves;
    private final Broadcasts broadcasts;
    private final Feeds feeds;
    private final BroadcastSettings settings;
    private final Failpoints failpoints;
    private final Counter published;
    private final Counter untold;
    private final Semaphore work = new Semaphore(0);
    private final Thread thread;
    private volatile boolean stopping;

    WaveWorker(
            Waves waves,
            Broadcasts broadcasts,
            Feeds feeds,
            BroadcastSettings settings,
            Signals signals,
            Failpoints failpoints,
            MeterRegistry metrics) {
        this.waves = waves;
        this.broadcasts = broadcasts;
        this.feeds = feeds;
        this.settings = settings;
        this.failpoints = failpoints;
        this.published = Counter.builder("belfry.broadcast.waves")
                .description("Waves of broadcasts that are in the log")
                .register(metrics);
        this.untold = Counter.builder("belfry.broadcast.waves.untold")
                .description("Waves whose notice Redis did not take; gateways find them in the log")
                .register(metrics);
        this.thread = Thread.ofPlatform().name("broadcast-waves").daemon().unstarted(this::work);
        signals.on(Signal.BROADCASTS, work::release);
    }

    @PostConstruct
    void start() {
        thread.start();
    }

    private void work() {
        boolean failed = false;
        while (!stopping) {
            try {
                boolean idle = !step();
                failed = false;
                if (idle) {
                    work.tryAcquire(settings.pollEvery().toMillis(), TimeUnit.MILLISECONDS);
                    work.drainPermits();
                }
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                if (!failed) {
                    LOG.warn("Broadcasts wait, since the database failed: {}", e.getMessage());
                }
                failed = true;
                if (!pause()) {
                    return;
                }
            }
        }
    }

    /// @return whether there was anything to do
    private boolean step() {
        failpoints.reached(Failpoint.WAVE_DUE);
        Optional<Wave> wave = waves.next();
        if (wave.isPresent()) {
            failpoints.reached(Failpoint.WAVE_LOGGED);
            tell(wave.get());
            failpoints.reached(Failpoint.WAVE_TOLD);
            return true;
        }
        Optional<UUID> due = broadcasts.startDue();
        if (due.isPresent()) {
            LOG.info("The time of broadcast {} has come", due.get());
            return true;
        }
        waves.expire().forEach(id -> LOG.info("Broadcast {} is not valid any more and was ended", id));
        return false;
    }

    private void tell(Wave wave) {
        published.increment();
        long gateways = feeds.publish(List.of(new Feeds.Publication(
                        FeedNames.announcements(), wave.notice().encode())))
                .join()
                .getFirst();
        if (gateways < 0) {
            untold.increment();
            LOG.warn(
                    "Wave {} of {} of broadcast {} is in the log, but Redis did not take the notice; gateways find it"
                            + " within seconds",
                    wave.number(),
                    wave.of(),
                    wave.notice().broadcastId());
        }
        if (wave.isLast()) {
            LOG.info("Broadcast {} is sent, in {} waves", wave.notice().broadcastId(), wave.of());
        }
    }

    private static boolean pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_AFTER_FAILURE.toMillis());
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    @PreDestroy
    void stop() throws InterruptedException {
        stopping = true;
        thread.interrupt();
        thread.join(Duration.ofSeconds(3));
    }
}
