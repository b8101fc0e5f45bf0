package io.belfry.dispatcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.belfry.core.event.Crowd;
import io.belfry.core.event.EventId;
import io.belfry.core.event.EventLog;
import io.belfry.core.event.EventOptions;
import io.belfry.core.event.Lanes;
import io.belfry.core.event.NewEvent;
import io.belfry.core.event.Priority;
import io.belfry.core.segment.Segments;
import io.belfry.core.topic.Followers;
import io.belfry.core.topic.Followers.Follow;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.RedisServer;
import io.belfry.testkit.TestDatabase;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/// Whom events reach, in batches of ten.
@ExtendWith({PostgresExtension.class, RedisExtension.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AudienceTest {
    private final DispatcherNode node;
    private final Jdbi jdbi;
    private final Followers followers;

    AudienceTest(TestDatabase database, RedisServer redis) {
        // Dispatches nothing but what is called here.
        node = DispatcherNode.start(
                database,
                redis.url(),
                Map.of(
                        "belfry.dispatcher.poll-every",
                        "1h",
                        "belfry.dispatcher.batch-recipients",
                        10,
                        "belfry.segments.max-scan",
                        100));
        jdbi = node.bean(Jdbi.class);
        followers = node.bean(Followers.class);
    }

    @AfterAll
    void stop() {
        node.close();
    }

    private void follow(String filter, String prefix, int from, int to) {
        var follows = new ArrayList<Follow>();
        for (int i = from; i < to; i++) {
            follows.add(new Follow("%s-%03d".formatted(prefix, i), filter));
        }
        followers.change(follows, List.of());
    }

    private UUID accept(List<String> recipients, String topic, Optional<String> actor) throws SQLException {
        return accept(recipients, Optional.of(topic), Crowd.NONE, actor);
    }

    private UUID accept(List<String> recipients, Optional<String> topic, Crowd crowd, Optional<String> actor)
            throws SQLException {
        UUID id = EventId.mint(Clock.systemUTC());
        node.bean(EventLog.class)
                .append(List.of(new NewEvent(
                        id,
                        UUID.randomUUID(),
                        Optional.empty(),
                        new byte[0],
                        Lanes.of(Priority.NORMAL, topic.orElse("crowd")),
                        "audience.test",
                        "general",
                        Priority.NORMAL,
                        recipients,
                        topic,
                        actor,
                        "{}",
                        Optional.empty(),
                        new EventOptions(
                                crowd,
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty()))));
        return id;
    }

    private Dispatcher.Progress dispatchNext() throws SQLException {
        return node.bean(Dispatcher.class).dispatchNext(Priority.NORMAL, 1);
    }

    private int dispatchAll() throws SQLException {
        int batches = 0;
        while (dispatchNext() != Dispatcher.Progress.NOTHING) {
            batches++;
        }
        return batches;
    }

    private List<String> reached(UUID event) {
        return jdbi.withHandle(
                h -> h.createQuery("select user_id from notifications where event_id = :event order by user_id")
                        .bind("event", event)
                        .mapTo(String.class)
                        .list());
    }

    @Test
    void reachesFollowersOfTheTopicAndOfAllAboveIt() throws SQLException {
        follow("wild/7/deploys", "wa", 0, 1);
        follow("wild/7/#", "wb", 0, 1);
        follow("wild/#", "wc", 0, 1);
        follow("wild/7", "wd", 0, 1);
        follow("wild/77/#", "we", 0, 1);
        follow("wild/7/deploys/#", "wf", 0, 1);
        follow("wild/7/deploys/x", "wg", 0, 1);

        UUID event = accept(List.of(), "wild/7/deploys", Optional.empty());
        UUID above = accept(List.of(), "wild/7", Optional.empty());
        dispatchAll();

        assertThat(reached(event)).containsExactly("wa-000", "wb-000", "wc-000", "wf-000");
        assertThat(reached(above)).containsExactly("wb-000", "wc-000", "wd-000");
    }

    /// 60 people over pages of ten, some of whom follow in three ways.
    @Test
    void reachesEachOnceHoweverTheyFollow() throws SQLException {
        follow("once/1", "on", 0, 40);
        follow("once/#", "on", 20, 60);
        follow("once/1/#", "on", 25, 35);

        UUID event = accept(List.of("on-030", "on-999", "on-030"), "once/1", Optional.of("on-031"));
        int batches = dispatchAll();

        assertThat(reached(event))
                .hasSize(60)
                .doesNotHaveDuplicates()
                .contains("on-999")
                .doesNotContain("on-031");
        assertThat(batches).isGreaterThanOrEqualTo(6);
    }

    /// 500 users of whom every 50th has a plan, looked at 100 at a time; a topic and a second segment that overlap.
    @Test
    void reachesUsersOfSegmentsAndFollowersOnce() throws Exception {
        jdbi.useHandle(h -> h.execute("insert into users (id, attributes) select 'sg-' || lpad(i::text, 3, '0'),"
                + " jsonb_build_object('plan', case when i % 50 = 7 then 'pro' end, 'n', i)"
                + " from generate_series(0, 499) i"));
        segment("plan-pro", "{\"attribute\":\"plan\",\"eq\":\"pro\"}");
        segment("n-small", "{\"all\":[{\"attribute\":\"n\",\"lt\":20},{\"attribute\":\"plan\",\"exists\":false}]}");
        follow("sg/1", "sg", 0, 15);

        UUID event = accept(
                List.of("sg-007", "sg-named"),
                Optional.of("sg/1"),
                new Crowd(List.of("plan-pro", "n-small", "gone"), false),
                Optional.of("sg-057"));
        dispatchAll();

        var expected = new ArrayList<String>();
        for (int i = 0; i < 500; i++) {
            if (i != 57 && (i < 20 || i % 50 == 7)) {
                expected.add("sg-%03d".formatted(i));
            }
        }
        expected.add("sg-named");
        assertThat(reached(event)).containsExactlyElementsOf(expected);
    }

    @Test
    void reachesEveryoneButTheActorInPages() throws SQLException {
        follow("any/1", "ev", 0, 45);
        List<String> all = jdbi.withHandle(
                h -> h.createQuery("select id from users").mapTo(String.class).list());

        UUID event = accept(List.of("ev-new"), Optional.empty(), new Crowd(List.of(), true), Optional.of("ev-013"));
        int batches = dispatchAll();

        assertThat(batches).isGreaterThan(all.size() / 10 - 1);
        all.remove("ev-013");
        all.remove("ev-new");
        all.add("ev-new");
        assertThat(reached(event)).containsExactlyInAnyOrderElementsOf(all);
    }

    private void segment(String id, String rule) throws JsonProcessingException {
        assertThat(node.bean(Segments.class).put(id, "", new ObjectMapper().readTree(rule)))
                .isInstanceOf(Segments.Saving.Saved.class);
    }

    /// A dispatcher that dies in the middle of an audience: the next one goes on behind the last committed page.
    @Test
    void goesOnWhereABatchWasLost() throws SQLException {
        follow("lost/#", "lo", 0, 35);
        UUID event = accept(List.of(), "lost/1", Optional.empty());
        dispatchNext();
        dispatchNext();
        int before = reached(event).size();
        assertThat(before).isBetween(1, 34);
        jdbi.useHandle(h -> h.execute("alter table inboxes add constraint broken check (user_id <> 'lo-025')"));
        assertThatThrownBy(() -> {
                    while (dispatchNext() != Dispatcher.Progress.NOTHING) {
                        assertThat(reached(event)).doesNotContain("lo-025");
                    }
                })
                .isInstanceOf(SQLException.class);

        jdbi.useHandle(h -> h.execute("alter table inboxes drop constraint broken"));
        dispatchAll();

        assertThat(reached(event)).hasSize(35).doesNotHaveDuplicates();
    }
}
