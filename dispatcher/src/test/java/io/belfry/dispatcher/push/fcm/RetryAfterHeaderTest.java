package io.belfry.dispatcher.push.fcm;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterHeaderTest {
    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

    @ParameterizedTest
    @CsvSource({"0, 0", "120, 120", "' 7 ', 7", "999999999, 86400"})
    void readsSeconds(String header, long seconds) {
        assertThat(FcmVerdict.wait(header, NOW)).contains(Duration.ofSeconds(seconds));
    }

    @Test
    void readsDates() {
        assertThat(FcmVerdict.wait("Tue, 24 Nov 2026 12:01:30 GMT", NOW)).contains(Duration.ofSeconds(90));
        assertThat(FcmVerdict.wait("Tue, 24 Nov 2026 11:00:00 GMT", NOW)).contains(Duration.ZERO);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " ", "soon", "-5", "1.5", "99999999999999999999"})
    void ignoresWhatIsNeither(String header) {
        assertThat(FcmVerdict.wait(header, NOW)).isEmpty();
    }
}
