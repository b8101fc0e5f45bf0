package io.belfry.dispatcher.push;

import io.belfry.core.event.Priority;
import io.belfry.core.signal.Signal;
import io.belfry.core.signal.Signals;
import io.belfry.core.stop.Stops;
import io.belfry.core.stop.StopsInForce;
import io.belfry.dispatcher.push.Corrections.Later;
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
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes pushes that were recalled from the phones that have them, and replaces those that were edited: silent messages
/// under the collapse id of the push. That is best effort: what the provider refuses for good is let go.
@Context
@Requires(beans = PushProvider.class)
final class CorrectionWorker {
    private static final Logger LOG = LoggerFactory.getLogger(CorrectionWorker.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration UNDER_WAY = Duration.ofSeconds(1);
    private static final Duration STOPPED = Duration.ofSeconds(5);
    private static final int PAGE = 200;

    private final Corrections corrections;
    private final PushSender sender;
    private final Stops stops;
    private final Clock clock;
    private final Semaphore work = new Semaphore(0);
    private final ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor();
    private final Thread thread;
    private volatile boolean stopping;

    CorrectionWorker(Corrections corrections, PushSender sender, Stops stops, Clock clock, Signals signals) {
        this.corrections = corrections;
        this.sender = sender;
        this.stops = stops;
        this.clock = clock;
        this.thread = Thread.ofPlatform().name("push-corrections").daemon().unstarted(this::run);
        signals.on(Signal.PUSH_DUE, work::release);
    }

    @PostConstruct
    void start() {
        thread.start();
    }

    private void run() {
        while (!stopping) {
            try {
                int limit = Math.min(PAGE, sender.room());
                List<Correction> claimed = limit == 0 ? List.of() : corrections.claim(limit);
                if (claimed.isEmpty()) {
                    work.tryAcquire(POLL.toMillis(), TimeUnit.MILLISECONDS);
                    work.drainPermits();
                } else {
                    send(claimed);
                }
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                LOG.warn("Pushes that were recalled or edited wait, again in a while: {}", e.getMessage());
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

    private record Ticket(PushTry push, ProviderCircuit.Admission.Admitted admitted) {}

    private void send(List<Correction> claimed) throws InterruptedException {
        Instant now = clock.instant();
        var tickets = new ArrayList<Ticket>();
        var over = new ArrayList<UUID>();
        var later = new ArrayList<Later>();
        for (Correction one : claimed) {
            if (one.isNeedless(now)) {
                over.add(one.id());
            } else if (isStopped(one)) {
                later.add(new Later(one.id(), now.plus(STOPPED), 1));
            } else if (one.isUnderWay()) {
                later.add(new Later(one.id(), now.plus(UNDER_WAY), 1));
            } else {
                switch (sender.admit()) {
                    case ProviderCircuit.Admission.Refused(Instant until) -> later.add(new Later(one.id(), until, 1));
                    case ProviderCircuit.Admission.Admitted admitted ->
                        tickets.add(new Ticket(one.next(clock), admitted));
                }
            }
        }
        try {
            corrections.begin(tickets.stream().map(Ticket::push).toList(), over, later);
        } catch (RuntimeException e) {
            tickets.forEach(ticket -> sender.release(ticket.admitted));
            throw e;
        }
        finish(sent(tickets));
    }

    /// What is taken away may go during a stop: it shows nothing.
    private boolean isStopped(Correction one) {
        StopsInForce stopped = stops.inForce();
        return one.kind() == Correction.Kind.REPLACE
                && (stopped.holdsPushes(Priority.NORMAL)
                        || stopped.ofCategory(one.words().category()).isPresent());
    }

    private List<Sent> sent(List<Ticket> tickets) throws InterruptedException {
        var sent = new ArrayList<Sent>(tickets.size());
        for (var one : senders.invokeAll(tickets.stream()
                .map(ticket -> (Callable<Optional<Sent>>) () -> sender.send(ticket.push, ticket.admitted, () -> true))
                .toList())) {
            sent.add(one.resultNow().orElseThrow());
        }
        return sent;
    }

    private void finish(List<Sent> sent) {
        var over = new ArrayList<UUID>();
        var later = new ArrayList<Later>();
        for (Sent one : sent) {
            switch (one.next()) {
                case RetryPolicy.Next.Retry(Instant at) ->
                    later.add(new Later(one.tried().subject(), at, 0));
                case RetryPolicy.Next.Done _, RetryPolicy.Next.GiveUp _ ->
                    over.add(one.tried().subject());
            }
        }
        corrections.end(sent, over, later);
    }

    @PreDestroy
    void stop() throws InterruptedException {
        stopping = true;
        thread.interrupt();
        thread.join(Duration.ofSeconds(1));
        senders.shutdownNow();
    }
}
