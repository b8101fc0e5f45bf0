package io.belfry.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class HandClockTest {
    @Test
    void aClockOfAnotherZoneIsMovedWithIt() {
        HandClock clock = new HandClock(Instant.EPOCH);
        ZoneId zone = ZoneId.of("Asia/Kathmandu");
        Clock there = clock.withZone(zone);

        clock.advance(Duration.ofHours(2));

        assertThat(there.getZone()).isEqualTo(zone);
        assertThat(there.instant()).isEqualTo(clock.instant()).isEqualTo(Instant.EPOCH.plus(Duration.ofHours(2)));
        assertThat(clock.getZone()).isEqualTo(ZoneOffset.UTC);
    }
}
