package io.belfry.core.topic;

import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlStatement;

/// Who follows what. Thread-safe; blocks on the database.
@Singleton
public final class Followers {
    private static final String PAIRS =
            "unnest(cast(:topics as text[]), cast(:users as text[])) as t(topic, user_id) order by topic, user_id";
    private static final String FOLLOW = "insert into topic_followers (topic, user_id) select topic, user_id from "
            + PAIRS + " on conflict do nothing";
    private static final String UNFOLLOW = "delete from topic_followers f using (select * from " + PAIRS
            + ") t where f.topic = t.topic and f.user_id = t.user_id";
    private static final String STRANGERS =
            "insert into users (id) select distinct id from unnest(cast(:users as text[])) as t(id) order by id on conflict do nothing";
    private static final String CROWDED = """
            select user_id from topic_followers where user_id = any(cast(:users as text[]))
            group by user_id having count(*) > :max order by user_id
            """;

    /// Each filter gives at most a page, in the order of its key, so that the size of a topic does not matter.
    private static final String OF_TOPIC = """
            select f.user_id, array_agg(f.topic order by f.topic), min(f.followed_at)
            from unnest(cast(:filters as text[])) as t(topic)
                cross join lateral (
                    select * from topic_followers where topic = t.topic and user_id > :after
                    order by user_id limit :limit) f
            group by f.user_id order by f.user_id limit :limit
            """;

    private final Jdbi jdbi;
    private final TopicSettings settings;

    public Followers(Jdbi jdbi, TopicSettings settings) {
        this.jdbi = jdbi;
        this.settings = settings;
    }

    /// A user and a filter of theirs.
    public record Follow(String user, String filter) {}

    /// @param at when they began
    public record Followed(String filter, Instant at) {}

    /// @param filters those of the user that match
    /// @param since when the first of these was followed
    public record Follower(String user, List<String> filters, Instant since) {}

    /// What came of a change.
    public sealed interface Change {
        /// How many filters were not followed before, and how many are not any more.
        record Done(int followed, int unfollowed) implements Change {}

        /// These users would follow more than one may. Nothing was changed.
        record TooMany(List<String> users, int max) implements Change {}
    }

    /// Changes who follows what, all or nothing; first what is unfollowed. Users who are not known yet are created.
    public Change change(List<Follow> follow, List<Follow> unfollow) {
        return jdbi.inTransaction(h -> {
            int unfollowed = unfollow.isEmpty()
                    ? 0
                    : pairs(h.createUpdate(UNFOLLOW), unfollow).execute();
            if (follow.isEmpty()) {
                return new Change.Done(0, unfollowed);
            }
            h.createUpdate(STRANGERS)
                    .bindArray("users", String.class, column(follow, Follow::user))
                    .execute();
            int followed = pairs(h.createUpdate(FOLLOW), follow).execute();
            List<String> crowded = crowded(h, follow);
            if (!crowded.isEmpty()) {
                h.rollback();
                return new Change.TooMany(crowded, settings.maxPerUser());
            }
            return new Change.Done(followed, unfollowed);
        });
    }

    private List<String> crowded(Handle h, List<Follow> follow) {
        return h.createQuery(CROWDED)
                .bindArray("users", String.class, column(follow, Follow::user))
                .bind("max", settings.maxPerUser())
                .mapTo(String.class)
                .list();
    }

    private static <S extends SqlStatement<S>> S pairs(S statement, List<Follow> follows) {
        return statement
                .bindArray("topics", String.class, column(follows, Follow::filter))
                .bindArray("users", String.class, column(follows, Follow::user));
    }

    private static Object[] column(List<Follow> follows, Function<Follow, String> column) {
        return follows.stream().map(column).toArray();
    }

    /// What a user follows, by name.
    ///
    /// @param after the last of the page before; empty at first
    public List<Followed> ofUser(String user, String after, int limit) {
        return jdbi.withHandle(h -> h.createQuery("""
                        select topic, followed_at from topic_followers where user_id = :user and topic > :after
                        order by topic limit :limit
                        """)
                .bind("user", user)
                .bind("after", after)
                .bind("limit", limit)
                .map((row, c) ->
                        new Followed(row.getString(1), row.getTimestamp(2).toInstant()))
                .list());
    }

    /// Whom an event to a topic reaches, by id.
    ///
    /// @param after the last of the page before; empty at first
    public List<Follower> ofTopic(String topic, String after, int limit) {
        return jdbi.withHandle(h -> h.createQuery(OF_TOPIC)
                .bindArray("filters", String.class, Topic.filtersOf(topic).toArray())
                .bind("after", after)
                .bind("limit", limit)
                .map((row, c) -> new Follower(
                        row.getString(1),
                        List.of((String[]) row.getArray(2).getArray()),
                        row.getTimestamp(3).toInstant()))
                .list());
    }
}
