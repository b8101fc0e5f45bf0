package io.belfry.dispatcher;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.core.category.Categories;
import io.belfry.core.category.Medium;
import io.belfry.core.device.Device;
import io.belfry.core.device.Devices;
import io.belfry.core.device.Platform;
import io.belfry.core.event.EventId;
import io.belfry.core.event.EventLog;
import io.belfry.core.event.Lanes;
import io.belfry.core.event.NewEvent;
import io.belfry.core.event.Priority;
import io.belfry.core.inbox.Counts;
import io.belfry.core.inbox.InboxItem;
import io.belfry.core.inbox.InboxLog;
import io.belfry.core.inbox.NotificationId;
import io.belfry.core.preference.Chosen;
import io.belfry.core.preference.Preferences;
import io.belfry.core.preference.QuietHours;
import io.belfry.core.preference.UserPreferences;
import io.belfry.core.push.PushTimers;
import io.belfry.core.signal.Signal;
import io.belfry.core.signal.Signals;
import io.belfry.core.trace.NotificationTrace;
import io.belfry.core.trace.Traces;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.RedisServer;
import io.belfry.testkit.TestDatabase;
import io.belfry.testkit.fcm.FcmSimulator;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/// What users chose, from the event to the inbox, the phone and the trace.
@ExtendWith({PostgresExtension.class, RedisExtension.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DecisionsOnThePathTest {
    private final FcmSimulator simulator = new FcmSimulator(0);
    private final DispatcherNode node;

    DecisionsOnThePathTest(TestDatabase database, RedisServer redis) {
        this.node = DispatcherNode.start(database, redis.url(), Map.of("belfry.push.endpoint", simulator.url()));
    }

    @AfterAll
    void stop() {
        node.close();
        simulator.close();
    }

    private UUID accept(String user, String category, Priority priority, String topic) throws SQLException {
        NewEvent event = new NewEvent(
                EventId.mint(Clock.systemUTC()),
                new UUID(0, 1),
                Optional.empty(),
                new byte[32],
                Lanes.of(priority, user),
                "order.shipped",
                category,
                priority,
                List.of(user),
                Optional.ofNullable(topic),
                Optional.empty(),
                "{}",
                Optional.empty());
        node.bean(EventLog.class).append(List.of(event));
        node.bean(Signals.class).raise(Signal.eventsOf(priority));
        return NotificationId.of(event.id(), user);
    }

    private NotificationTrace trace(UUID notification) {
        return await().atMost(20, SECONDS)
                .until(() -> node.bean(Traces.class).of(notification), Optional::isPresent)
                .orElseThrow();
    }

    private void phone(String user) {
        node.bean(Devices.class)
                .register(
                        new Device(user, "phone", user + ".phone", Platform.ANDROID, Optional.empty(), Instant.EPOCH));
    }

    private void choose(String user, UnaryOperator<Preferences> change) {
        node.bean(UserPreferences.class)
                .change(user, chosen -> new Chosen(change.apply(chosen.preferences()), chosen.timeZone()));
    }

    private static Preferences without(String category, Medium medium) {
        return new Preferences(Map.of(category, Map.of(medium, false)), Set.of(), Optional.empty(), Optional.empty());
    }

    /// Quiet for most of a day, now.
    private static Preferences night() {
        LocalTime now = LocalTime.now(ZoneOffset.UTC);
        return new Preferences(
                Map.of(),
                Set.of(),
                Optional.empty(),
                Optional.of(new QuietHours(now.minusHours(2), now.plusHours(10), Set.of())));
    }

    @Test
    void whatIsMutedAltogetherIsInNoInboxAndTheTraceSaysWhy() throws SQLException {
        choose("mute", p -> without("news", Medium.INBOX));

        NotificationTrace muted = trace(accept("mute", "news", Priority.NORMAL, null));
        NotificationTrace other = trace(accept("mute", "general", Priority.NORMAL, null));

        assertThat(muted.decided().inbox()).isEqualTo("muted");
        assertThat(other.decided().isListed()).isTrue();
        assertThat(node.bean(InboxLog.class).position("mute").counts()).isEqualTo(new Counts(1, 1, 1));
    }

    @Test
    void whatIsMandatoryComesThrough() throws SQLException {
        choose("strict", p -> without("security", Medium.INBOX));

        assertThat(trace(accept("strict", "security", Priority.NORMAL, null))
                        .decided()
                        .isListed())
                .isTrue();
    }

    @Test
    void aMutedTopicComesInSilence() throws SQLException {
        phone("topical");
        choose("topical", p -> new Preferences(Map.of(), Set.of("team/7"), Optional.empty(), Optional.empty()));

        NotificationTrace trace = trace(accept("topical", "general", Priority.NORMAL, "team/7/deploys"));

        assertThat(trace.decided())
                .isEqualTo(new NotificationTrace.Decided("send", "topic_muted", "topic_muted", Optional.empty()));
        assertThat(node.bean(InboxLog.class)
                        .list("topical", OptionalLong.empty(), 10)
                        .items())
                .extracting(InboxItem::isSilent)
                .containsExactly(true);
    }

    /// Nobody listens, which makes other pushes due within two seconds.
    @Test
    void atNightThePushWaitsForTheMorningThoughNobodyListens() throws SQLException {
        phone("sleeper");
        choose("sleeper", p -> night());
        Instant before = Instant.now();

        NotificationTrace trace = trace(accept("sleeper", "general", Priority.NORMAL, null));

        assertThat(trace.decided().deferral().orElseThrow().reason()).isEqualTo("quiet_hours");
        Instant due = trace.timer().orElseThrow().dueAt();
        assertThat(due).isEqualTo(trace.decided().deferral().orElseThrow().until());
        assertThat(due).isBetween(before.plus(Duration.ofHours(9)), before.plus(Duration.ofHours(11)));
        assertThat(node.bean(PushTimers.class)
                        .hastenAfterDisconnect(List.of(new PushTimers.Unreceived("sleeper", 0)), Duration.ZERO))
                .isEqualTo(1);
        assertThat(trace(trace.id()).timer().orElseThrow().dueAt()).isEqualTo(due);
    }

    @Test
    void whatIsCriticalWakesTheUser() throws SQLException {
        phone("woken");
        choose("woken", p -> night());

        accept("woken", "general", Priority.CRITICAL, null);

        await().atMost(20, SECONDS)
                .until(() -> !simulator.messagesTo("woken.phone").isEmpty());
    }

    /// The push was planned in the day; it became night, or the user had enough, before it was due.
    @Test
    void theLastLookHeedsWhatWasChosenSince() throws SQLException {
        node.bean(Jdbi.class)
                .useHandle(
                        h -> h.execute("insert into categories (id, name, push_delay_ms) values ('slow', 'Slow', 1500)"
                                + " on conflict do nothing"));
        node.bean(Signals.class).raise(Signal.CONTENT_CHANGED);
        await().atMost(20, SECONDS)
                .until(() -> node.bean(Categories.class).find("slow").isPresent());
        phone("late");
        phone("fed-up");
        UUID late = accept("late", "slow", Priority.NORMAL, null);
        UUID fedUp = accept("fed-up", "slow", Priority.NORMAL, null);
        assertThat(trace(late).timer()).isPresent();
        assertThat(trace(fedUp).timer()).isPresent();

        choose("late", p -> night());
        choose("fed-up", p -> without("slow", Medium.PUSH));

        await().atMost(20, SECONDS).until(() -> trace(late).decided().deferral().isPresent());
        await().atMost(20, SECONDS).until(() -> trace(fedUp).decided().push().equals("muted"));
        assertThat(trace(late).timer().orElseThrow().dueAt())
                .isAfter(Instant.now().plus(Duration.ofHours(8)));
        assertThat(trace(fedUp).timer()).isEmpty();
        assertThat(simulator.messagesTo("late.phone")).isEmpty();
        assertThat(simulator.messagesTo("fed-up.phone")).isEmpty();
    }
}
