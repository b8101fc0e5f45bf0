package io.belfry.dispatcher.push;

import io.belfry.core.event.Priority;
import io.belfry.dispatcher.failpoint.Failpoint;
import io.belfry.dispatcher.failpoint.Failpoints;
import io.micrometer.core.instrument.MeterRegistry;
import io.micronaut.context.annotation.Requires;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;

/// Makes tries that were noted: through the circuit, in turn, to the provider. Whoever has something to push claims no
/// more than [#room] says, asks [#admit] for each device, notes the try in [PushAttempts], and then sends it.
///
/// All but critical pushes share seven eighths of the provider's turns, so that the others are always free for what is
/// critical. Thread-safe; [#send] blocks, call it from virtual threads.
@Singleton
@Requires(beans = PushProvider.class)
public final class PushSender {
    private final PushProvider provider;
    private final ProviderCircuit circuit;
    private final RetryPolicy retries;
    private final Clock clock;
    private final Failpoints failpoints;
    private final MeterRegistry metrics;
    private final Semaphore ordinary;

    PushSender(
            PushProvider provider,
            ProviderCircuit circuit,
            RetryPolicy retries,
            PushSettings settings,
            Clock clock,
            Failpoints failpoints,
            MeterRegistry metrics) {
        this.provider = provider;
        this.circuit = circuit;
        this.retries = retries;
        this.clock = clock;
        this.failpoints = failpoints;
        this.metrics = metrics;
        this.ordinary = new Semaphore(settings.maxInFlight() - settings.maxInFlight() / 8, true);
    }

    /// How many pushes may be claimed now: any number, a few trials, or none.
    public int room() {
        return circuit.room();
    }

    /// Whether one push may be sent. Give what is admitted to [#send] or back by [#release].
    public ProviderCircuit.Admission admit() {
        ProviderCircuit.Admission admission = circuit.admit();
        if (admission instanceof ProviderCircuit.Admission.Refused) {
            count("parked");
        }
        return admission;
    }

    public void release(ProviderCircuit.Admission.Admitted admitted) {
        circuit.release(admitted);
    }

    /// Waits for a turn and sends.
    ///
    /// @param wanted asked once more when it is its turn
    /// @return empty when it was not wanted any more; nothing was sent then
    /// @throws InterruptedException when interrupted while it waited for its turn; nothing was sent then
    public Optional<Sent> send(PushTry push, ProviderCircuit.Admission.Admitted admitted, BooleanSupplier wanted)
            throws InterruptedException {
        if (push.message().priority() == Priority.CRITICAL) {
            return sendNow(push, admitted, wanted);
        }
        ordinary.acquire();
        try {
            return sendNow(push, admitted, wanted);
        } finally {
            ordinary.release();
        }
    }

    private Optional<Sent> sendNow(PushTry push, ProviderCircuit.Admission.Admitted admitted, BooleanSupplier wanted)
            throws InterruptedException {
        if (!wanted.getAsBoolean()) {
            circuit.release(admitted);
            return Optional.empty();
        }
        Instant began = clock.instant();
        failpoints.reached(Failpoint.PUSH_BEGUN);
        PushResult result = provider.send(push.message());
        failpoints.reached(Failpoint.PUSH_SENT);
        circuit.settle(admitted, result);
        count(PushAttempts.outcome(result));
        int unclear = push.unclear() + (result instanceof PushResult.Ambiguous ? 1 : 0);
        RetryPolicy.Next next = retries.next(result, push.number(), unclear, clock.instant(), push.expires());
        return Optional.of(new Sent(push, began, result, next));
    }

    private void count(String outcome) {
        metrics.counter("belfry.push.outcomes", "outcome", outcome).increment();
    }
}
