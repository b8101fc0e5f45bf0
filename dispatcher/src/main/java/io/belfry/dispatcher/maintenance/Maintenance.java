package io.belfry.dispatcher.maintenance;

import io.belfry.dispatcher.maintenance.Partitions.Contents;
import io.belfry.dispatcher.maintenance.Partitions.Parent;
import io.belfry.dispatcher.maintenance.Partitions.Week;
import io.belfry.dispatcher.push.PushMessage;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAdjusters;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What is done once a day, in order: partitions for what will come; old notifications out of the inboxes, then their
/// events, attempts, keys, sessions and broadcasts. A step that fails does not keep the others from being done, and all
/// is tried again in a while. Thread-safe; blocks on the database and on Redis.
@Singleton
final class Maintenance {
    private static final Logger LOG = LoggerFactory.getLogger(Maintenance.class);

    private final Turn turn;
    private final Partitions partitions;
    private final Expiry expiry;
    private final Leftovers leftovers;
    private final MaintenanceSettings settings;
    private final Clock clock;
    private final MeterRegistry metrics;

    Maintenance(
            Turn turn,
            Partitions partitions,
            Expiry expiry,
            Leftovers leftovers,
            MaintenanceSettings settings,
            Clock clock,
            MeterRegistry metrics) {
        this.turn = turn;
        this.partitions = partitions;
        this.expiry = expiry;
        this.leftovers = leftovers;
        this.settings = settings;
        this.clock = clock;
        this.metrics = metrics;
    }

    /// What was done: how many of what, by name.
    record Report(Map<String, Integer> done, boolean isComplete) {}

    /// Does it, if it is the turn of this dispatcher.
    Optional<Report> run() {
        return turn.claim().map(claim -> new Run(claim).all());
    }

    private final class Run {
        private final UUID claim;
        private final Instant now = clock.instant();
        private final Map<String, Integer> done = new TreeMap<>();
        private boolean isComplete = true;

        Run(UUID claim) {
            this.claim = claim;
        }

        Report all() {
            long start = System.nanoTime();
            step("partitions ahead", this::ahead);
            step("notifications", this::notifications);
            step("events", this::events);
            step("push attempts", this::attempts);
            step(
                    "idempotency keys",
                    () -> repeat(
                            "idempotency keys",
                            () -> leftovers.idempotencyKeys(now.minus(settings.keepIdempotencyKeys()))));
            step("sessions", () -> repeat("sessions", () -> leftovers.sessions(now)));
            step(
                    "push timers",
                    () -> repeat("push timers", () -> leftovers.pushTimers(now.minus(PushMessage.LONGEST_TTL))));
            step(
                    "unlisted notifications",
                    () -> repeat(
                            "unlisted notifications",
                            () -> leftovers.unlisted(now.minus(settings.keepNotifications()))));
            step("recent uses", () -> repeat("recent uses", () -> leftovers.recentUses(now)));
            step(
                    "amendments",
                    () -> repeat("amendments", () -> leftovers.amendments(now.minus(settings.keepAttempts()))));
            step(
                    "push corrections",
                    () -> repeat("push corrections", () -> leftovers.corrections(now.minus(settings.keepAttempts()))));
            step("devices", () -> repeat("devices", () -> leftovers.devices(now.minus(settings.keepDevices()))));
            step("receipts", this::receipts);
            step("broadcasts", this::broadcasts);
            if (isComplete) {
                turn.end(claim);
            } else {
                turn.postpone(claim);
            }
            metrics.counter("belfry.maintenance.runs", "outcome", isComplete ? "done" : "failed")
                    .increment();
            LOG.info(
                    "Maintenance {} after {} ms: {}",
                    isComplete ? "done" : "done in part",
                    Duration.ofNanos(System.nanoTime() - start).toMillis(),
                    done.isEmpty() ? "nothing was to be done" : done);
            return new Report(done, isComplete);
        }

        private void step(String name, Runnable work) {
            try {
                if (turn.keep(claim)) {
                    work.run();
                } else {
                    isComplete = false;
                }
            } catch (RuntimeException e) {
                isComplete = false;
                LOG.warn("Maintenance of {} failed and is tried again in a while: {}", name, e.getMessage());
            }
        }

        private void count(String what, int number) {
            if (number > 0) {
                done.merge(what, number, Integer::sum);
                metrics.counter("belfry.maintenance.done", "what", what).increment(number);
            }
        }

        private void repeat(String what, IntSupplier batch) {
            int number;
            do {
                number = batch.getAsInt();
                count(what + " removed", number);
            } while (number == settings.batch() && turn.keep(claim));
        }

        private void ahead() {
            count("partitions made", partitions.ensure(now, now.plus(settings.partitionsAhead())));
        }

        private void notifications() {
            Instant before = weekOf(now.minus(settings.keepNotifications()));
            for (Week week : partitions.endedBy(Parent.NOTIFICATIONS, before)) {
                expire(week.name(), week.end());
                drop(week, Contents.KEPT);
            }
            expire(Parent.NOTIFICATIONS.others(), before);
        }

        private void expire(String table, Instant before) {
            Expiry.Batch batch = new Expiry.Batch(Optional.of(""), 0, 0);
            do {
                batch = expiry.next(table, before, batch.last().orElseThrow());
                count("notifications removed", batch.notifications());
                count("inboxes changed", batch.inboxes());
            } while (batch.last().isPresent() && turn.keep(claim));
        }

        /// Inboxes show a notification with its event's data, so the events stay as long as there are any of that week;
        /// and all of them, when it is not known that the old notifications are gone.
        private void events() {
            if (!isComplete) {
                return;
            }
            Instant before = weekOf(now.minus(settings.keepEvents()));
            List<Instant> inUse = partitions.endedBy(Parent.NOTIFICATIONS, before).stream()
                    .map(Week::start)
                    .toList();
            for (Week week : partitions.endedBy(Parent.EVENTS, before)) {
                if (partitions.isPending(week)) {
                    LOG.warn("Events of the week of {} still wait to be dispatched, and are kept", week.start());
                } else if (!inUse.contains(week.start())) {
                    drop(week, Contents.DROPPED);
                }
            }
            repeat("events", () -> partitions.trimOthers(Parent.EVENTS, before, settings.batch()));
        }

        private void attempts() {
            Instant before = weekOf(now.minus(settings.keepAttempts()));
            partitions.endedBy(Parent.PUSH_ATTEMPTS, before).forEach(week -> drop(week, Contents.DROPPED));
            repeat("push attempts", () -> partitions.trimOthers(Parent.PUSH_ATTEMPTS, before, settings.batch()));
        }

        private void drop(Week week, Contents contents) {
            if (partitions.drop(week, contents)) {
                count("partitions dropped", 1);
            }
        }

        private void receipts() {
            Duration kept = settings.keepNotifications().compareTo(settings.keepAnnouncements()) > 0
                    ? settings.keepNotifications()
                    : settings.keepAnnouncements();
            Leftovers.Receipts page = new Leftovers.Receipts(0, Optional.of(""));
            do {
                page = leftovers.receipts(now.minus(kept), page.last().orElseThrow());
                count("receipts removed", page.removed());
            } while (page.last().isPresent() && turn.keep(claim));
        }

        private void broadcasts() {
            for (UUID broadcast : leftovers.oldBroadcasts(now)) {
                int number;
                do {
                    number = leftovers.ofBroadcast(broadcast);
                    count("rows of broadcasts removed", number);
                } while (number > 0 && turn.keep(claim));
            }
        }
    }

    /// The Monday on which that week begins, in UTC.
    private static Instant weekOf(Instant time) {
        return LocalDate.ofInstant(time, ZoneOffset.UTC)
                .with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY))
                .atStartOfDay(ZoneOffset.UTC)
                .toInstant();
    }
}
