package io.belfry.dispatcher.broadcast;

import io.belfry.core.category.Categories;
import io.belfry.core.category.Category;
import io.belfry.core.category.Medium;
import io.belfry.core.decision.Circumstances;
import io.belfry.core.decision.Verdict;
import io.belfry.core.preference.Preferences;
import io.belfry.core.signal.Signal;
import io.belfry.core.signal.Signals;
import io.belfry.dispatcher.push.PushProvider;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Requires;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The thread that pushes broadcasts that are sent to the devices that did not receive them: waits as long as the
/// category says for receipts, then takes one job at a time.
@Context
@Requires(beans = PushProvider.class)
final class PushJobWorker {
    private static final Logger LOG = LoggerFactory.getLogger(PushJobWorker.class);
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);

    private final PushParts parts;
    private final Categories categories;
    private final Semaphore work = new Semaphore(0);
    private final Thread thread;
    private volatile boolean stopping;

    PushJobWorker(PushParts parts, Categories categories, Signals signals) {
        this.parts = parts;
        this.categories = categories;
        this.thread = Thread.ofPlatform().name("broadcast-pushes").daemon().unstarted(this::work);
        signals.on(Signal.BROADCASTS, work::release);
    }

    @PostConstruct
    void start() {
        thread.start();
    }

    private void work() {
        while (!stopping) {
            try {
                Optional<PushJob> job = parts.jobs().claim();
                if (job.isPresent()) {
                    decide(job.get());
                } else {
                    work.tryAcquire(parts.settings().pollEvery().toMillis(), TimeUnit.MILLISECONDS);
                    work.drainPermits();
                }
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                LOG.warn("Pushes of broadcasts wait, since the database failed: {}", e.getMessage());
                if (!pause()) {
                    return;
                }
            }
        }
    }

    /// What is decided for somebody who wants it.
    private Verdict push(PushJob job, Category category) {
        var all = Map.of(Medium.INBOX, true, Medium.PUSH, true);
        var wanting = new Preferences(Map.of(category.id(), all), Set.of(), Optional.empty(), Optional.empty());
        return job.verdict(
                category,
                new Circumstances.Person(wanting, ZoneOffset.UTC, 1, true),
                parts.clock().instant());
    }

    /// The same decision as for a notification; that nobody has a device is found out on the way.
    private void decide(PushJob job) throws InterruptedException {
        Category category = categories.of(job.broadcast().category(), "");
        if (!parts.clock().instant().isBefore(job.expires())) {
            parts.jobs().end(job);
            return;
        }
        switch (push(job, category)) {
            case Verdict.Suppress _ -> parts.jobs().switchOff(job);
            case Verdict.Defer(Instant until, Verdict.DeferralReason night) ->
                parts.jobs().release(job, until);
            case Verdict.Send(Duration delay) -> {
                Instant due = job.sentAt().plus(delay);
                Instant now = parts.clock().instant();
                if (now.isBefore(due)) {
                    parts.jobs().release(job, due);
                } else if (new PushRun(job, category, parts, () -> stopping).go()) {
                    LOG.info("All pushes of broadcast {} are done", job.id());
                }
            }
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

    /// Not interrupted at once: what is under way is written first, if it ends soon.
    @PreDestroy
    void stop() throws InterruptedException {
        stopping = true;
        work.release();
        if (!thread.join(Duration.ofSeconds(2))) {
            thread.interrupt();
            thread.join(Duration.ofSeconds(1));
        }
    }
}
