package io.belfry.dispatcher.push;

import io.belfry.core.category.Categories;
import io.belfry.core.category.Category;
import io.belfry.core.decision.Circumstances;
import io.belfry.core.decision.SuppressionReason;
import io.belfry.core.decision.Verdict;
import io.belfry.core.event.Priority;
import io.belfry.core.sandbox.Sandbox;
import io.belfry.core.signal.Signal;
import io.belfry.core.signal.Signals;
import io.belfry.core.stop.StopTarget;
import io.belfry.core.stop.Stops;
import io.belfry.core.stop.StopsInForce;
import io.belfry.dispatcher.failpoint.Failpoint;
import io.belfry.dispatcher.failpoint.Failpoints;
import io.belfry.dispatcher.push.DuePushes.Closing;
import io.belfry.dispatcher.push.ProviderCircuit.Admission;
import io.micrometer.core.instrument.MeterRegistry;
import io.micronaut.context.annotation.Context;
import io.micronaut.context.annotation.Requires;
import jakarta.annotation.PostConstruct;
import jakarta.annotation.PreDestroy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Pushes what no receipt made needless: claims due timers, most urgent first, looks once more whether the push is
/// still needed, and sends it to each device that did not prove receipt. The timer row is the truth; a signal only
/// wakes. What a page of timers begins with is one commit, and results share commits.
@Context
@Requires(beans = PushProvider.class)
final class PushWorker {
    private static final Logger LOG = LoggerFactory.getLogger(PushWorker.class);
    private static final Duration POLL = Duration.ofMillis(250);
    private static final Duration POLL_WHEN_FULL = Duration.ofMillis(10);
    private static final int CLAIM_LIMIT = 200;
    /// Claiming fewer is not worth a statement.
    private static final int CLAIM_LEAST = 32;
    /// Well within the lease of a claim.
    private static final Duration DATABASE_PATIENCE = Duration.ofMinutes(1);

    private final DuePushes due;
    private final PushSender sender;
    private final RetryPolicy retries;
    private final Categories categories;
    private final Stops stops;
    private final Sandbox sandbox;
    private final Clock clock;
    private final Failpoints failpoints;
    private final MeterRegistry metrics;
    private final Semaphore work = new Semaphore(0);
    /// Pushes that were claimed and whose result is not written yet. Critical ones have room of their own.
    private final Semaphore criticalRoom;
    private final Semaphore ordinaryRoom;
    private final ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor();
    private final GroupCommit<DuePushes.Result> results;
    private final Thread claimer;
    private volatile boolean stopping;

    PushWorker(
            DuePushes due,
            PushSender sender,
            RetryPolicy retries,
            PushSettings settings,
            Categories categories,
            Stops stops,
            Sandbox sandbox,
            Clock clock,
            Failpoints failpoints,
            Signals signals,
            MeterRegistry metrics) {
        this.due = due;
        this.sender = sender;
        this.retries = retries;
        this.categories = categories;
        this.stops = stops;
        this.sandbox = sandbox;
        this.clock = clock;
        this.failpoints = failpoints;
        this.metrics = metrics;
        this.criticalRoom = new Semaphore(Math.max(CLAIM_LEAST, settings.maxInFlight()));
        this.ordinaryRoom = new Semaphore(Math.max(CLAIM_LEAST, 4 * settings.maxInFlight()));
        this.results = new GroupCommit<>("push-results", DATABASE_PATIENCE, due::record);
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
                boolean full = false;
                for (Priority priority : Priority.values()) {
                    Semaphore room = roomOf(priority);
                    full |= room.availablePermits() < CLAIM_LEAST;
                    claimed += claim(priority, room);
                }
                if (claimed == 0) {
                    work.tryAcquire((full ? POLL_WHEN_FULL : POLL).toMillis(), TimeUnit.MILLISECONDS);
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

    private Semaphore roomOf(Priority priority) {
        return priority == Priority.CRITICAL ? criticalRoom : ordinaryRoom;
    }

    /// What the provider cannot take now, or a stop holds, stays due; its timers are not touched.
    private int claim(Priority priority, Semaphore room) {
        if (stops.inForce().holdsPushes(priority)) {
            return 0;
        }
        int limit = Math.min(CLAIM_LIMIT, Math.min(room.availablePermits(), sender.room()));
        if (limit == 0 || room.availablePermits() < CLAIM_LEAST) {
            return 0;
        }
        List<DuePush> claimed = due.claim(priority, limit);
        if (!claimed.isEmpty()) {
            failpoints.reached(Failpoint.PUSHES_CLAIMED);
            begin(claimed, room);
        }
        return claimed.size();
    }

    private static boolean pause() {
        try {
            TimeUnit.SECONDS.sleep(1);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    private record Ticket(PushTry push, Admission.Admitted admitted) {}

    /// A push with the tries that are made now.
    ///
    /// @param again when those are due that may not be made now
    /// @param anew what the last look decided, where it was not to send
    /// @param held by the stop of its category
    private record Round(
            DuePush push,
            List<Ticket> tickets,
            Optional<Instant> again,
            Optional<Verdict> anew,
            Optional<StopTarget> held) {
        static Round without(DuePush push, Optional<Instant> again, Optional<Verdict> anew) {
            return new Round(push, List.of(), again, anew, Optional.empty());
        }
    }

    private void begin(List<DuePush> claimed, Semaphore room) {
        List<Round> rounds = claimed.stream().map(this::round).toList();
        List<Ticket> tickets = rounds.stream().flatMap(r -> r.tickets.stream()).toList();
        Set<UUID> begun;
        List<DuePushes.Hold> held = rounds.stream()
                .filter(r -> r.held.isPresent())
                .map(r -> new DuePushes.Hold(r.push, r.held, 0))
                .toList();
        try {
            if (!held.isEmpty()) {
                due.hold(held, List.of());
                metrics.counter("belfry.push.outcomes", "outcome", "held").increment(held.size());
            }
            begun = due.begin(
                    tickets.stream().map(Ticket::push).toList(),
                    rounds.stream()
                            .filter(r -> r.tickets.isEmpty() && r.held.isEmpty())
                            .map(r -> new Closing(r.push, r.again, r.anew))
                            .toList());
        } catch (RuntimeException e) {
            tickets.forEach(ticket -> sender.release(ticket.admitted));
            throw e;
        }
        tickets.stream()
                .filter(ticket -> !begun.contains(ticket.push.subject()))
                .forEach(ticket -> sender.release(ticket.admitted));
        for (Round round : rounds) {
            if (!round.tickets.isEmpty() && begun.contains(round.push.notificationId())) {
                // Only this thread takes any, and there were as many as it claimed.
                room.acquireUninterruptibly();
                senders.execute(() -> send(round, room));
            }
        }
    }

    private void suppressed(SuppressionReason reason) {
        metrics.counter("belfry.push.outcomes", "outcome", "suppressed_" + reason.label())
                .increment();
    }

    private Round round(DuePush push) {
        Category category = categories.of(push.category(), push.type());
        Instant now = clock.instant();
        Optional<SuppressionReason> needless = push.needless(category.pushUnless(), now);
        var tickets = new ArrayList<Ticket>();
        if (needless.isPresent()) {
            suppressed(needless.get());
            return Round.without(push, Optional.empty(), Optional.empty());
        }
        StopsInForce stopped = stops.inForce();
        if (stopped.isPushDiscarded(push.priority(), push.category(), push.dueAt())) {
            suppressed(SuppressionReason.STOPPED);
            return Round.without(push, Optional.empty(), Optional.of(new Verdict.Suppress(SuppressionReason.STOPPED)));
        }
        Optional<StopTarget> held = stopped.ofCategory(push.category());
        if (held.isPresent()) {
            return new Round(push, tickets, Optional.empty(), Optional.empty(), held);
        }
        if (!push.targets().isEmpty()) {
            Verdict verdict = push.verdict(category, Circumstances.Passage.of(sandbox, false), now);
            switch (verdict) {
                case Verdict.Suppress(SuppressionReason reason) -> {
                    suppressed(reason);
                    return Round.without(push, Optional.empty(), Optional.of(verdict));
                }
                case Verdict.Defer(Instant until, Verdict.DeferralReason night) -> {
                    if (!push.isReleased()) {
                        return Round.without(push, Optional.of(until), Optional.of(verdict));
                    }
                }
                case Verdict.Send _ -> {}
            }
        }
        Optional<Instant> again = Optional.empty();
        for (DuePush.Target target : push.open(retries)) {
            switch (sender.admit()) {
                case Admission.Refused(Instant until) -> again = earlier(again, until);
                case Admission.Admitted admitted ->
                    tickets.add(new Ticket(push.next(target, PushTry.newId(clock), now), admitted));
            }
        }
        return new Round(push, tickets, again, Optional.empty(), Optional.empty());
    }

    /// What became of a ticket; nothing was sent where it is empty.
    private record Result(Ticket ticket, Optional<Sent> sent) {}

    private void send(Round round, Semaphore room) {
        try {
            List<Result> all = round.tickets.size() == 1
                    ? List.of(send(round.push, round.tickets.getFirst()))
                    : sendToAll(round.push, round.tickets);
            List<Sent> sent = all.stream().flatMap(one -> one.sent.stream()).toList();
            if (sent.size() < all.size()) {
                hold(round, all, sent.size());
                return;
            }
            Optional<Instant> again = round.again;
            for (Sent one : sent) {
                if (one.next() instanceof RetryPolicy.Next.Retry(Instant at)) {
                    again = earlier(again, at);
                }
            }
            var closing = Optional.of(new Closing(round.push, again));
            results.write(new DuePushes.Result(sent.size() == 1 ? sent : List.of(), closing));
        } catch (InterruptedException e) {
            // The process stops; the claim lapses and another dispatcher goes on.
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.warn("Push of {} was left to its lease: {}", round.push.notificationId(), e.getMessage());
        } finally {
            room.release();
        }
    }

    /// A stop came while it waited for its turn.
    private void hold(Round round, List<Result> all, int tries) {
        Optional<StopTarget> target = stops.inForce().ofCategory(round.push.category());
        due.hold(
                List.of(new DuePushes.Hold(round.push, target, tries)),
                all.stream()
                        .filter(one -> one.sent.isEmpty())
                        .map(one -> one.ticket.push)
                        .toList());
    }

    /// The result of each is written as it comes: what is not written may be sent twice after a crash.
    private List<Result> sendToAll(DuePush push, List<Ticket> tickets) throws InterruptedException {
        var all = new ArrayList<Result>(tickets.size());
        for (var one : senders.invokeAll(tickets.stream()
                .map(ticket -> (Callable<Result>) () -> {
                    Result result = send(push, ticket);
                    if (result.sent.isPresent()) {
                        results.write(new DuePushes.Result(List.of(result.sent.get()), Optional.empty()));
                    }
                    return result;
                })
                .toList())) {
            all.add(one.resultNow());
        }
        return all;
    }

    private Result send(DuePush push, Ticket ticket) throws InterruptedException {
        return new Result(ticket, sender.send(ticket.push, ticket.admitted, () -> isWanted(push)));
    }

    /// Asked when it is its turn: a stop does not wait for those that were claimed before.
    private boolean isWanted(DuePush push) {
        StopsInForce stopped = stops.inForce();
        return !stopped.holdsPushes(push.priority())
                && stopped.ofCategory(push.category()).isEmpty()
                && !stopped.isPushDiscarded(push.priority(), push.category(), push.dueAt());
    }

    private static Optional<Instant> earlier(Optional<Instant> one, Instant other) {
        return one.filter(at -> at.isBefore(other)).or(() -> Optional.of(other));
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
        results.close();
    }
}
