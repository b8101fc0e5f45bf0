package io.belfry.core.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.belfry.testkit.RedisExtension;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HistoryTest {
    private static final Instant NOON = Instant.parse("2026-03-01T11:58:00Z");
    private static final String EVENTS = "belfry.events.accepted";

    private final RedisClient client =
            RedisClient.create(RedisExtension.server().url());
    private final StatefulRedisConnection<String, String> connection = client.connect();
    private final RedisCommands<String, String> redis = connection.sync();
    private final History one = new History(Duration.ofHours(24));
    private final History two = new History(Duration.ofHours(24));

    @BeforeEach
    void nothingWasTold() {
        redis.keys("bf:minutes:*").forEach(redis::del);
    }

    @AfterEach
    void disconnect() {
        client.shutdown();
    }

    @Test
    void addsUpWhatTheNodesCountedInEachMinute() {
        tell(one, NOON.plusSeconds(1), 5);
        tell(one, NOON.plusSeconds(59), 12);
        tell(two, NOON.plusSeconds(30), 100);
        tell(one, NOON.plusSeconds(61), 12);
        tell(one, NOON.plusSeconds(120), 13);
        assertThat(History.read(redis, NOON, NOON.plusSeconds(3600)))
                .extracting(Minute::start, minute -> minute.of(Activity.ACCEPTED))
                .containsExactly(tuple(NOON, 112L), tuple(NOON.plusSeconds(60), 0L), tuple(NOON.plusSeconds(120), 1L));
    }

    @Test
    void aMinuteWithoutANodeIsAGapAndNotZero() {
        tell(one, NOON, 1);
        tell(one, NOON.plusSeconds(600), 1);
        assertThat(History.read(redis, NOON, NOON.plusSeconds(3600)))
                .extracting(Minute::start)
                .containsExactly(NOON, NOON.plusSeconds(600));
    }

    @Test
    void whatRedisMissedIsToldLaterUnderItsOwnMinute() {
        RedisClient gone = RedisClient.create(RedisExtension.server().url());
        StatefulRedisConnection<String, String> lost = gone.connect();
        RedisCommands<String, String> closed = lost.sync();
        lost.close();
        one.count(NOON, Map.of(EVENTS, 7.0));
        assertThatThrownBy(() -> one.tell(closed)).isInstanceOf(RedisException.class);
        gone.shutdown();
        tell(one, NOON.plusSeconds(300), 9);
        assertThat(History.read(redis, NOON, NOON.plusSeconds(3600)))
                .extracting(Minute::start, minute -> minute.of(Activity.ACCEPTED))
                .containsExactly(tuple(NOON, 7L), tuple(NOON.plusSeconds(300), 2L));
    }

    @Test
    void redisForgetsIt() {
        tell(one, NOON, 1);
        assertThat(redis.keys("bf:minutes:*")).singleElement().satisfies(key -> assertThat(redis.ttl(key))
                .isBetween(24 * 3600L, 25 * 3600L));
    }

    @Test
    void failuresAreCountedOverTheirKinds() {
        one.count(NOON, Map.of("belfry.push.outcomes{token_dead}", 2.0, "belfry.push.outcomes{rejected}", 3.0));
        one.tell(redis);
        assertThat(History.read(redis, NOON, NOON.plusSeconds(60)).getFirst().of(Activity.FAILED))
                .isEqualTo(5);
    }

    private void tell(History history, Instant at, double events) {
        history.count(at, Map.of(EVENTS, events));
        history.tell(redis);
    }
}
