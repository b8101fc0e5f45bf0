package io.belfry.dispatcher.push;

import io.belfry.dispatcher.push.PushResult.Accepted;
import io.belfry.dispatcher.push.PushResult.Ambiguous;
import io.belfry.dispatcher.push.PushResult.ProviderDown;
import io.belfry.dispatcher.push.PushResult.Rejected;
import io.belfry.dispatcher.push.PushResult.RetryAfter;
import io.belfry.dispatcher.push.PushResult.TokenDead;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;

/// Keeps a failing provider from being flooded, and due pushes from using up their attempts on it. Closed it lets all
/// through; after too many failures it opens and refuses until a pause has passed, at least as long as the provider
/// asked for; then it lets a few trial pushes through, and their results close it or open it for longer.
///
/// Ask [#admit] before a claim or a send, and give every admission back to [#settle] with what came of it, or to
/// [#release] when nothing was sent. Thread-safe; in memory, so each dispatcher learns for itself.
@Singleton
public final class ProviderCircuit {
    private final PushSettings.Circuit settings;
    private final Backoff pauses;
    private final Clock clock;

    private State state = State.CLOSED;
    /// Counts the changes of state: a push admitted before the last one says nothing about now.
    private long generation;
    /// Open: when trials begin. Half open: when they are taken for lost.
    private Instant openUntil = Instant.MIN;
    private int openings;
    private int trialsLeft;
    private int trialsPassed;

    private final boolean[] window;
    private int position;
    private int filled;
    private int failuresInWindow;
    private int failuresInARow;

    @Inject
    ProviderCircuit(PushSettings settings, Clock clock) {
        this(settings.circuit(), clock, new ThreadLocalRandomness());
    }

    ProviderCircuit(PushSettings.Circuit settings, Clock clock, RandomGenerator random) {
        this.settings = settings;
        this.clock = clock;
        this.pauses = new Backoff(settings.initial(), settings.max(), random);
        this.window = new boolean[settings.window()];
    }

    /// Whether pushes go out.
    public enum State {
        CLOSED,
        OPEN,
        HALF_OPEN
    }

    /// The answer to [#admit].
    public sealed interface Admission {
        /// One push may be sent.
        record Admitted(long generation) implements Admission {}

        /// None may, before `until`.
        record Refused(Instant until) implements Admission {}
    }

    /// Asks to send one push.
    public synchronized Admission admit() {
        Instant now = clock.instant();
        if (state != State.CLOSED && !now.isBefore(openUntil)) {
            tryAgain(now);
        }
        return switch (state) {
            case CLOSED -> new Admission.Admitted(generation);
            case OPEN -> new Admission.Refused(openUntil);
            // Nobody knows when the trials are back; a moment later is soon enough to ask again.
            case HALF_OPEN -> trialsLeft-- > 0 ? new Admission.Admitted(generation) : refusedDuringTrials(now);
        };
    }

    /// Trials whose results never come (a thread died) must not keep it half open for ever: after the longest pause
    /// there are new ones.
    private void tryAgain(Instant now) {
        become(State.HALF_OPEN);
        openUntil = now.plus(settings.max());
        trialsLeft = settings.trials();
        trialsPassed = 0;
    }

    private Admission refusedDuringTrials(Instant now) {
        trialsLeft = 0;
        return new Admission.Refused(now.plus(settings.initial()));
    }

    /// How many pushes may be claimed now: any number, a few trials, or none.
    public synchronized int room() {
        return switch (state) {
            case CLOSED -> Integer.MAX_VALUE;
            case OPEN -> clock.instant().isBefore(openUntil) ? 0 : settings.trials();
            case HALF_OPEN -> trialsLeft;
        };
    }

    public synchronized State state() {
        return state;
    }

    /// Takes note of what came of an admitted push.
    public synchronized void settle(Admission.Admitted admission, PushResult result) {
        Instant now = clock.instant();
        Duration asked = asked(result);
        boolean failed = failed(result);
        if (admission.generation() != generation) {
            // From before: still, nobody is to be asked sooner than this answer says.
            if (state == State.OPEN && !asked.isZero()) {
                openUntil = later(openUntil, now.plus(asked));
            }
            return;
        }
        if (state == State.HALF_OPEN) {
            settleTrial(failed, now, asked);
        } else {
            record(failed);
            if (failed && (failuresInARow >= settings.failures() || ratioReached())) {
                open(now, asked);
            }
        }
    }

    /// Gives back an admission that was not used.
    public synchronized void release(Admission.Admitted admission) {
        if (state == State.HALF_OPEN && admission.generation() == generation) {
            trialsLeft++;
        }
    }

    private void settleTrial(boolean failed, Instant now, Duration asked) {
        if (failed) {
            open(now, asked);
        } else if (++trialsPassed >= settings.trials()) {
            become(State.CLOSED);
            openings = 0;
            forget();
        }
    }

    private void open(Instant now, Duration asked) {
        openings++;
        openUntil = now.plus(pauses.after(openings, asked));
        become(State.OPEN);
        forget();
    }

    private void become(State next) {
        state = next;
        generation++;
    }

    private void forget() {
        position = 0;
        filled = 0;
        failuresInWindow = 0;
        failuresInARow = 0;
    }

    private void record(boolean failed) {
        failuresInARow = failed ? failuresInARow + 1 : 0;
        if (filled == window.length) {
            failuresInWindow -= window[position] ? 1 : 0;
        } else {
            filled++;
        }
        window[position] = failed;
        failuresInWindow += failed ? 1 : 0;
        position = (position + 1) % window.length;
    }

    private boolean ratioReached() {
        return filled == window.length && failuresInWindow >= settings.ratio() * window.length;
    }

    /// Whether this speaks against the provider as a whole, rather than against one message or device.
    private static boolean failed(PushResult result) {
        return switch (result) {
            case Accepted _, TokenDead _, Rejected _ -> false;
            case RetryAfter r -> r.scope() == PushResult.Scope.PROVIDER;
            case ProviderDown _, Ambiguous _ -> true;
        };
    }

    private static Duration asked(PushResult result) {
        return result instanceof RetryAfter r && r.scope() == PushResult.Scope.PROVIDER ? r.delay() : Duration.ZERO;
    }

    private static Instant later(Instant a, Instant b) {
        return a.isAfter(b) ? a : b;
    }
}
