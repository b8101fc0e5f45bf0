package io.belfry.dispatcher.push;

import io.belfry.core.category.Categories;
import io.belfry.core.category.Category;
import io.belfry.core.decision.SuppressionReason;
import io.belfry.core.device.Devices;
import io.belfry.core.event.EventId;
import io.belfry.core.event.Priority;
import io.belfry.core.signal.Signal;
import io.belfry.core.signal.Signals;
import io.micrometer.core.instrument.MeterRegistry;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Requires;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Pushes what no receipt made needless: claims due timers, most urgent first, looks once more whether the push is
/// still
/// needed, and sends it to each device that did not prove receipt. The timer row is the truth; a signal only wakes.
@Context
@Requires(beans = PushProvider.class)
final class PushWorker {
    private static final Logger LOG = LoggerFactory.getLogger(PushWorker.class);
    private static final Duration POLL = Duration.ofMillis(250);
    private static final int CLAIM_LIMIT = 200;
    private static final int MAX_UNDER_WAY = 1000;
    private static final int ALLOWED_UNCLEAR = 1;
    /// FCM's longest time to live.
    private static final Duration TTL = Duration.ofDays(28);

    private final DuePushes due;
    private final PushProvider provider;
    private final ProviderCircuit circuit;
    private final RetryPolicy retries;
    private final Categories categories;
    private final Devices devices;
    private final Clock clock;
    private final MeterRegistry metrics;
    private final Semaphore work = new Semaphore(0);
    private final Semaphore underWay = new Semaphore(MAX_UNDER_WAY);
    private final ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor();
    private final Thread claimer;
    private volatile boolean stopping;

    PushWorker(
            DuePushes due,
            PushProvider provider,
            ProviderCircuit circuit,
            RetryPolicy retries,
            Categories categories,
            Devices devices,
            Clock clock,
            Signals signals,
            MeterRegistry metrics) {
        this.due = due;
        this.provider = provider;
        this.circuit = circuit;
        this.retries = retries;
        this.categories = categories;
        this.devices = devices;
        this.clock = clock;
        this.metrics = metrics;
        this.claimer = Thread.ofPlatform().name("push-claims").daemon().unstarted(this::claim);
        signals.on(Signal.PUSH_DUE, work::release);
    }

    @PostConstruct
    void start() {
        claimer.start();
    }

    private void claim() {
        while (!stopping) {
            try {
                int claimed = 0;
                for (Priority priority : Priority.values()) {
                    // What the provider cannot take now stays due; its timers are not touched.
                    int room = Math.min(CLAIM_LIMIT, circuit.room());
                    for (DuePush push : room == 0 ? List.<DuePush>of() : due.claim(priority, room)) {
                        claimed++;
                        underWay.acquire();
                        senders.execute(() -> handle(push));
                    }
                }
                if (claimed == 0) {
                    work.tryAcquire(POLL.toMillis(), TimeUnit.MILLISECONDS);
                    work.drainPermits();
                }
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                LOG.warn("Due pushes could not be claimed, again in a second: {}", e.getMessage());
                work.drainPermits();
                if (!pause()) {
                    return;
                }
            }
        }
    }

    private static boolean pause() {
        try {
            TimeUnit.SECONDS.sleep(1);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    private void handle(DuePush push) {
        try {
            Category category = categories.find(push.category()).orElseGet(() -> categories.ofType(push.type()));
            Optional<SuppressionReason> needless = push.needless(category.pushUnless());
            if (needless.isPresent()) {
                count("suppressed_" + needless.get().label());
                due.finish(push);
                return;
            }
            Optional<Instant> again = Optional.empty();
            for (DuePush.Target target : push.open(ALLOWED_UNCLEAR)) {
                again = earlier(again, send(push, target));
            }
            again.ifPresentOrElse(at -> due.postpone(push, at), () -> due.finish(push));
        } catch (InterruptedException e) {
            // The process stops; the claim lapses and another dispatcher goes on.
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.warn("Push of {} was left to its lease: {}", push.notificationId(), e.getMessage());
        } finally {
            underWay.release();
        }
    }

    /// @return when to try this device again
    private Optional<Instant> send(DuePush push, DuePush.Target target) throws InterruptedException {
        ProviderCircuit.Admission.Admitted admitted;
        switch (circuit.admit()) {
            case ProviderCircuit.Admission.Refused(Instant until) -> {
                count("parked");
                return Optional.of(until);
            }
            case ProviderCircuit.Admission.Admitted ticket -> admitted = ticket;
        }
        Instant began = clock.instant();
        UUID attempt = due.begin(push, target);
        PushResult result = provider.send(message(push, target));
        circuit.settle(admitted, result);
        count(outcome(result));
        due.end(attempt, outcome(result), detail(result));
        if (result instanceof PushResult.TokenDead) {
            devices.removeDead(target.token(), began);
        }
        int unclear = target.unclear() + (result instanceof PushResult.Ambiguous ? 1 : 0);
        Instant expires = EventId.acceptedAt(push.notificationId()).plus(TTL);
        return switch (retries.next(result, target.tries() + 1, unclear, clock.instant(), expires)) {
            case RetryPolicy.Next.Done() -> Optional.empty();
            case RetryPolicy.Next.Retry(Instant at) -> Optional.of(at);
            case RetryPolicy.Next.GiveUp(String reason) -> {
                due.bury(push, reason);
                yield Optional.empty();
            }
        };
    }

    private PushMessage message(DuePush push, DuePush.Target target) {
        return new PushMessage(
                target.token(),
                target.platform(),
                push.notificationId(),
                push.type(),
                push.title() == null ? push.type() : push.title(),
                push.body(),
                push.link(),
                OptionalInt.of(push.unread()),
                push.notificationId().toString(),
                push.category(),
                push.priority(),
                TTL);
    }

    private static Optional<Instant> earlier(Optional<Instant> one, Optional<Instant> other) {
        return one.isEmpty() ? other : other.filter(o -> o.isBefore(one.get())).or(() -> one);
    }

    private static String outcome(PushResult result) {
        return switch (result) {
            case PushResult.Accepted accepted -> "accepted";
            case PushResult.TokenDead dead -> "token_dead";
            case PushResult.Rejected rejected -> "rejected";
            case PushResult.RetryAfter later -> "retry";
            case PushResult.ProviderDown down -> "retry";
            case PushResult.Ambiguous ambiguous -> "ambiguous";
        };
    }

    private static String detail(PushResult result) {
        return switch (result) {
            case PushResult.Accepted accepted -> accepted.providerMessageId();
            case PushResult.TokenDead dead -> dead.reason();
            case PushResult.Rejected rejected -> rejected.reason();
            case PushResult.RetryAfter later -> later.reason();
            case PushResult.ProviderDown down -> down.reason();
            case PushResult.Ambiguous ambiguous -> ambiguous.reason();
        };
    }

    private void count(String outcome) {
        metrics.counter("belfry.push.outcomes", "outcome", outcome).increment();
    }

    @PreDestroy
    void stop() throws InterruptedException {
        stopping = true;
        claimer.interrupt();
        claimer.join(Duration.ofSeconds(1));
        senders.shutdown();
        if (!senders.awaitTermination(2, TimeUnit.SECONDS)) {
            List<Runnable> none = senders.shutdownNow();
            LOG.debug("{} pushes were left to their lease", none.size());
        }
    }
}
