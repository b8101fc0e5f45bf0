package io.belfry.dispatcher.push;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.dispatcher.push.ProviderCircuit.Admission.Admitted;
import io.belfry.dispatcher.push.ProviderCircuit.Admission.Refused;
import io.belfry.dispatcher.push.ProviderCircuit.State;
import io.belfry.dispatcher.push.PushResult.Accepted;
import io.belfry.dispatcher.push.PushResult.Ambiguous;
import io.belfry.dispatcher.push.PushResult.ProviderDown;
import io.belfry.dispatcher.push.PushResult.Rejected;
import io.belfry.dispatcher.push.PushResult.RetryAfter;
import io.belfry.dispatcher.push.PushResult.Scope;
import io.belfry.dispatcher.push.PushResult.TokenDead;
import io.belfry.testkit.HandClock;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ProviderCircuitTest {
    private static final PushResult OK = new Accepted("m");
    private static final PushResult DOWN = new ProviderDown("503");

    private final HandClock clock = new HandClock(Instant.parse("2026-03-01T10:00:00Z"));
    private final ProviderCircuit circuit = new ProviderCircuit(
            new PushSettings.Circuit(5, 20, 0.5, Duration.ofSeconds(2), Duration.ofSeconds(60), 2),
            clock,
            new Fixed(0.5));

    @Test
    void letsAllThroughWhileItWorks() {
        settle(OK, 1000);

        assertThat(circuit.state()).isEqualTo(State.CLOSED);
        assertThat(circuit.room()).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void opensAfterFailuresInARow() {
        settle(DOWN, 4);
        settle(OK, 1);
        settle(DOWN, 4);
        assertThat(circuit.state()).isEqualTo(State.CLOSED);

        settle(new Ambiguous("timeout"), 1);

        assertThat(circuit.state()).isEqualTo(State.OPEN);
        assertThat(circuit.room()).isZero();
        assertThat(circuit.admit()).isEqualTo(new Refused(clock.instant().plusSeconds(1)));
    }

    @Test
    void opensWhenHalfOfAWindowFails() {
        for (int i = 0; i < 9; i++) {
            settle(DOWN, 1);
            settle(OK, 1);
        }
        assertThat(circuit.state()).isEqualTo(State.CLOSED);

        settle(OK, 1);
        settle(DOWN, 1);

        assertThat(circuit.state()).isEqualTo(State.OPEN);
    }

    @Test
    void doesNotHoldADeadTokenOrABadMessageAgainstTheProvider() {
        settle(new TokenDead("404"), 50);
        settle(new Rejected("400"), 50);
        settle(new RetryAfter(Duration.ofMinutes(1), Scope.DEVICE, "429"), 50);

        assertThat(circuit.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void staysOpenAtLeastAsLongAsTheProviderAsks() {
        settle(new RetryAfter(Duration.ofSeconds(60), Scope.PROVIDER, "429"), 5);

        clock.advance(Duration.ofSeconds(60));
        assertThat(circuit.admit()).isInstanceOf(Refused.class);
        clock.advance(Duration.ofSeconds(1));
        assertThat(circuit.admit()).isInstanceOf(Admitted.class);
    }

    @Test
    void heedsWhatLateAnswersAskFor() {
        Admitted early = (Admitted) circuit.admit();
        settle(DOWN, 5);

        circuit.settle(early, new RetryAfter(Duration.ofSeconds(30), Scope.PROVIDER, "503"));

        assertThat(circuit.admit()).isEqualTo(new Refused(clock.instant().plusSeconds(30)));
    }

    @Test
    void triesAFewAndCloses() {
        settle(DOWN, 5);
        clock.advance(Duration.ofSeconds(1));
        assertThat(circuit.room()).isEqualTo(2);

        Admitted first = (Admitted) circuit.admit();
        Admitted second = (Admitted) circuit.admit();
        assertThat(circuit.admit()).isInstanceOf(Refused.class);
        circuit.settle(first, OK);
        assertThat(circuit.state()).isEqualTo(State.HALF_OPEN);
        circuit.settle(second, new TokenDead("404"));

        assertThat(circuit.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void opensForLongerWhenATrialFails() {
        settle(DOWN, 5);
        clock.advance(Duration.ofSeconds(1));
        Admitted trial = (Admitted) circuit.admit();

        circuit.settle(trial, DOWN);

        assertThat(circuit.admit()).isEqualTo(new Refused(clock.instant().plusSeconds(2)));
        for (int i = 0; i < 20; i++) {
            clock.advance(Duration.ofMinutes(2));
            circuit.settle((Admitted) circuit.admit(), DOWN);
        }
        assertThat(circuit.admit()).isEqualTo(new Refused(clock.instant().plusSeconds(30)));
    }

    @Test
    void forgetsHowOftenItOpenedOnceItClosed() {
        settle(DOWN, 5);
        clock.advance(Duration.ofSeconds(1));
        Admitted first = (Admitted) circuit.admit();
        Admitted second = (Admitted) circuit.admit();
        circuit.settle(first, OK);
        circuit.settle(second, OK);

        settle(DOWN, 5);

        assertThat(circuit.admit()).isEqualTo(new Refused(clock.instant().plusSeconds(1)));
    }

    @Test
    void ignoresTheResultsOfPushesFromBefore() {
        Admitted before = (Admitted) circuit.admit();
        settle(DOWN, 5);
        clock.advance(Duration.ofSeconds(1));
        circuit.admit();

        circuit.settle(before, DOWN);
        circuit.settle(before, OK);

        assertThat(circuit.state()).isEqualTo(State.HALF_OPEN);
    }

    @Test
    void takesUnusedTrialsBack() {
        settle(DOWN, 5);
        clock.advance(Duration.ofSeconds(1));
        Admitted first = (Admitted) circuit.admit();
        circuit.admit();

        circuit.release(first);

        assertThat(circuit.admit()).isInstanceOf(Admitted.class);
        assertThat(circuit.admit()).isInstanceOf(Refused.class);
    }

    @Test
    void doesNotWaitForEverForATrialThatVanished() {
        settle(DOWN, 5);
        clock.advance(Duration.ofSeconds(1));
        circuit.admit();
        circuit.admit();
        assertThat(circuit.admit()).isInstanceOf(Refused.class);

        clock.advance(Duration.ofSeconds(60));

        assertThat(circuit.admit()).isInstanceOf(Admitted.class);
    }

    private void settle(PushResult result, int times) {
        for (int i = 0; i < times; i++) {
            circuit.settle((Admitted) circuit.admit(), result);
        }
    }
}
