package io.belfry.dispatcher.broadcast;

import io.belfry.core.decision.SuppressionReason;
import io.belfry.core.template.ContentSettings;
import io.belfry.dispatcher.push.GroupCommit;
import io.belfry.dispatcher.push.PushProvider;
import io.belfry.dispatcher.push.PushSender;
import io.belfry.dispatcher.push.RetryPolicy;
import io.micrometer.core.instrument.MeterRegistry;
import io.micronaut.context.annotation.Requires;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/// What all runs of a dispatcher work with. Thread-safe.
@Singleton
@Requires(beans = PushProvider.class)
final class PushParts {
    private static final Duration DATABASE_PATIENCE = Duration.ofMinutes(1);

    private final PushJobs jobs;
    private final PushSender sender;
    private final RetryPolicy retries;
    private final BroadcastSettings settings;
    private final ContentSettings content;
    private final Clock clock;
    private final MeterRegistry metrics;
    private final GroupCommit<PushTally.Result> results;
    private final ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor();

    PushParts(
            PushJobs jobs,
            PushTally tally,
            PushSender sender,
            RetryPolicy retries,
            BroadcastSettings settings,
            ContentSettings content,
            Clock clock,
            MeterRegistry metrics) {
        this.jobs = jobs;
        this.sender = sender;
        this.retries = retries;
        this.settings = settings;
        this.content = content;
        this.clock = clock;
        this.metrics = metrics;
        this.results = new GroupCommit<>("broadcast-push-results", DATABASE_PATIENCE, tally::write);
    }

    PushJobs jobs() {
        return jobs;
    }

    PushSender sender() {
        return sender;
    }

    RetryPolicy retries() {
        return retries;
    }

    BroadcastSettings settings() {
        return settings;
    }

    Clock clock() {
        return clock;
    }

    GroupCommit<PushTally.Result> results() {
        return results;
    }

    ExecutorService senders() {
        return senders;
    }

    String fallbackLocale() {
        return content.fallbackLocale();
    }

    void suppressed(SuppressionReason reason) {
        metrics.counter("belfry.push.outcomes", "outcome", "suppressed_" + reason.label())
                .increment();
    }

    @PreDestroy
    void close() throws InterruptedException {
        senders.shutdown();
        if (!senders.awaitTermination(1, TimeUnit.SECONDS)) {
            senders.shutdownNow();
        }
        results.close();
    }
}
