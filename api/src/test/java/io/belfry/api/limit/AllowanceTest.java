package io.belfry.api.limit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AllowanceTest {
    private final Allowance allowance = new Allowance(100, 10);

    @Test
    void takesBlocksAheadOfNeed() {
        assertThat(allowance.take(1, 1).lease()).hasValue(11);
        assertThat(allowance.take(1, 1).lease()).isEmpty();
        allowance.granted(1, 11, 11);

        assertThat(allowance.take(1, 3).lease()).isEmpty();
        assertThat(allowance.take(1, 1).lease()).hasValue(10);
        assertThat(allowance.remaining(1)).isEqualTo(94);
    }

    @Test
    void refusesOnceAllIsTaken() {
        allowance.take(1, 1);
        allowance.granted(1, 11, 104);

        assertThat(allowance.take(1, 6).isAllowed()).isTrue();
        assertThat(allowance.take(1, 1).isAllowed()).isFalse();
        assertThat(allowance.take(1, 1).lease()).isEmpty();
        assertThat(allowance.remaining(1)).isZero();
    }

    @Test
    void letsAWholeRequestInOrNothingOfIt() {
        allowance.take(1, 99);
        assertThat(allowance.take(1, 2).isAllowed()).isFalse();
        assertThat(allowance.take(1, 1).isAllowed()).isTrue();
    }

    @Test
    void beginsAnewWithEveryWindow() {
        allowance.take(1, 100);
        allowance.granted(1, 110, 110);
        assertThat(allowance.take(1, 1).isAllowed()).isFalse();

        assertThat(allowance.take(2, 1).isAllowed()).isTrue();
        // What was asked for the window before comes too late.
        allowance.granted(1, 10, 500);
        assertThat(allowance.remaining(2)).isEqualTo(99);
    }

    @Test
    void countsAloneWhileRedisIsAway() {
        for (int i = 0; i < 100; i++) {
            Allowance.Answer answer = allowance.take(1, 1);
            assertThat(answer.isAllowed()).isTrue();
            answer.lease().ifPresent(asked -> allowance.failed(1));
        }
        assertThat(allowance.take(1, 1).isAllowed()).isFalse();
    }

    @Test
    void tellsRedisWhatItLetThroughAlone() {
        allowance.take(1, 40);
        allowance.failed(1);

        assertThat(allowance.take(1, 1).lease()).hasValue(51);
    }
}
