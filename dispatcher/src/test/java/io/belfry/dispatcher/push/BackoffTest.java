package io.belfry.dispatcher.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffTest {
    private static final Duration TWO_SECONDS = Duration.ofSeconds(2);
    private static final Duration FIVE_MINUTES = Duration.ofMinutes(5);

    @ParameterizedTest
    @CsvSource({"1, 1000", "2, 2000", "3, 4000", "7, 64000", "8, 128000", "9, 150000", "1000, 150000"})
    void doublesUpToTheMaximum(int failures, long halfMillis) {
        assertThat(backoff(new Fixed(0.5)).after(failures)).isEqualTo(Duration.ofMillis(halfMillis));
    }

    @Test
    void spreadsOverTheWholeBound() {
        assertThat(backoff(new Fixed(0.0)).after(3)).isZero();
        assertThat(backoff(new Fixed(0.999)).after(3)).isEqualTo(Duration.ofMillis(7992));
    }

    @Test
    void neverComesBeforeWhatWasAskedFor() {
        Backoff backoff = backoff(RandomGeneratorFactory.of("L64X128MixRandom").create(42));

        assertThat(IntStream.rangeClosed(1, 200).mapToObj(n -> backoff.after(n % 10 + 1, Duration.ofSeconds(60))))
                .allMatch(wait -> wait.compareTo(Duration.ofSeconds(60)) >= 0)
                .allMatch(wait -> wait.compareTo(Duration.ofSeconds(60).plus(FIVE_MINUTES)) < 0)
                .doesNotHaveDuplicates();
    }

    @Test
    void refusesWhatMakesNoSense() {
        assertThatThrownBy(() -> new Backoff(Duration.ZERO, FIVE_MINUTES, new Fixed(0)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Backoff(FIVE_MINUTES, TWO_SECONDS, new Fixed(0)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> backoff(new Fixed(0)).after(0)).isInstanceOf(IllegalArgumentException.class);
    }

    private static Backoff backoff(RandomGenerator random) {
        return new Backoff(TWO_SECONDS, FIVE_MINUTES, random);
    }
}
