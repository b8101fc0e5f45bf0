package io.belfry.dispatcher.broadcast;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.core.broadcast.Announcements;
import io.belfry.core.broadcast.Audience;
import io.belfry.core.broadcast.Broadcast;
import io.belfry.core.broadcast.Broadcasts;
import io.belfry.core.broadcast.NewBroadcast;
import io.belfry.core.category.Medium;
import io.belfry.core.preference.Chosen;
import io.belfry.core.preference.Preferences;
import io.belfry.core.preference.QuietHours;
import io.belfry.core.preference.UserPreferences;
import io.belfry.dispatcher.DispatcherNode;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.RedisServer;
import io.belfry.testkit.TestDatabase;
import io.belfry.testkit.fcm.FcmSimulator;
import io.belfry.testkit.fcm.ReceivedMessage;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What users chose holds for broadcasts too.
@ExtendWith({PostgresExtension.class, RedisExtension.class})
class ChosenBroadcastsTest {
    private final TestDatabase database;
    private final RedisServer redis;

    ChosenBroadcastsTest(TestDatabase database, RedisServer redis) {
        this.database = database;
        this.redis = redis;
    }

    private static void choose(DispatcherNode node, String user, Preferences preferences) {
        node.bean(UserPreferences.class).change(user, chosen -> new Chosen(preferences, chosen.timeZone()));
    }

    private static Preferences without(Medium medium) {
        return new Preferences(Map.of("news", Map.of(medium, false)), Set.of(), Optional.empty(), Optional.empty());
    }

    @Test
    void theMutedGetNothingAndTheSleepingGetTheirPushLater() {
        try (FcmSimulator simulator = new FcmSimulator(0);
                DispatcherNode node = DispatcherNode.start(
                        database,
                        redis.url(),
                        Map.of(
                                "belfry.push.endpoint",
                                simulator.url(),
                                "belfry.broadcasts.wave-pause",
                                "1ms",
                                "belfry.broadcasts.poll-every",
                                "20ms"))) {
            node.bean(Jdbi.class).useTransaction(h -> {
                h.execute("update categories set push_delay_ms = 0");
                h.execute("insert into users (id) select unnest('{plain,mute,silent,asleep}'::text[])");
                h.execute("insert into devices (user_id, id, token, platform)"
                        + " select id, 'phone', id || '.phone', 'android' from users");
            });
            LocalTime now = LocalTime.now(ZoneOffset.UTC);
            choose(node, "mute", without(Medium.INBOX));
            choose(node, "silent", without(Medium.PUSH));
            choose(
                    node,
                    "asleep",
                    new Preferences(
                            Map.of(),
                            Set.of(),
                            Optional.empty(),
                            Optional.of(new QuietHours(now.minusHours(2), now.plusHours(10), Set.of()))));
            Broadcasts broadcasts = node.bean(Broadcasts.class);

            UUID id =
                    broadcasts.create(Drafts.draft(new Audience.Everyone(), 2, NewBroadcast.Push.ON, Optional.empty()));
            broadcasts.start(id);

            await().atMost(30, SECONDS).until(() -> now(broadcasts, id).push().total() == 4);
            await().atMost(30, SECONDS).until(() -> now(broadcasts, id).push().accepted() == 1);
            assertThat(now(broadcasts, id).push()).isEqualTo(new Broadcast.PushProgress("sending", 4, 1, 0, 2));
            assertThat(simulator.messages()).extracting(ReceivedMessage::token).containsExactly("plain.phone");
            Announcements announcements = node.bean(Announcements.class);
            assertThat(announcements.of("mute", 0, 10)).isEmpty();
            assertThat(announcements.of("silent", 0, 10)).hasSize(1);
            assertThat(announcements.find(id).orElseThrow().isSelective()).isTrue();
            assertThat(announcements
                            .addressed(id, List.of("plain", "mute", "silent", "nobody"))
                            .users())
                    .containsExactlyInAnyOrder("plain", "silent", "nobody");

            choose(node, "asleep", Preferences.NONE);
            node.bean(Jdbi.class).useTransaction(h -> {
                h.execute("update broadcast_push_retries set due_at = now()");
                h.execute("update broadcasts set push_due_at = now()");
            });
            await().atMost(30, SECONDS)
                    .until(() -> now(broadcasts, id).push().state().equals("done"));
            assertThat(simulator.messages())
                    .extracting(ReceivedMessage::token)
                    .containsExactly("plain.phone", "asleep.phone");
        }
    }

    private static Broadcast now(Broadcasts broadcasts, UUID id) {
        return broadcasts.find(id).orElseThrow();
    }
}
