package io.belfry.console.topics;

import io.belfry.core.topic.Followers.Follower;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Locale;
import org.jdbi.v3.core.Jdbi;

/// Finds topics and filters that somebody follows, by how they begin. Each is found by a step over the key, so that it
/// does not matter how many follow it. Thread-safe; blocks on the database.
@Singleton
final class TopicDirectory {
    /// Followers that are counted.
    static final int LIMIT = 10_000;

    private static final String LAST = "~";
    private static final String SEARCH = """
            with recursive t as (
                (select topic from topic_followers where topic >= :prefix and topic < :end and topic > :after
                 order by topic limit 1)
                union all
                select (select f.topic from topic_followers f where f.topic > t.topic and f.topic < :end
                        order by f.topic limit 1)
                from t where t.topic is not null)
            select topic, (select count(*) from (select 1 from topic_followers f where f.topic = t.topic limit :count) c)
            from t where topic is not null limit :limit
            """;
    private static final String EXACT = """
            select user_id, followed_at from topic_followers where topic = :filter and user_id > :after
            order by user_id limit :limit
            """;

    private final Jdbi jdbi;

    TopicDirectory(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /// @param followers up to [#LIMIT]
    record Line(String filter, long followers) {
        public String says() {
            return String.format(Locale.ENGLISH, "%,d", followers)
                    + (followers >= LIMIT ? " or more followers" : followers == 1 ? " follower" : " followers");
        }
    }

    /// By name.
    ///
    /// @param after the last of the page before; empty at first
    List<Line> search(String prefix, String after, int limit) {
        return jdbi.withHandle(h -> h.createQuery(SEARCH)
                .bind("prefix", prefix)
                .bind("end", prefix + LAST)
                .bind("after", after)
                .bind("count", LIMIT)
                .bind("limit", limit)
                .map((row, c) -> new Line(row.getString(1), row.getLong(2)))
                .list());
    }

    /// Those who follow exactly this filter, by id.
    List<Follower> followersOf(String filter, String after, int limit) {
        return jdbi.withHandle(h -> h.createQuery(EXACT)
                .bind("filter", filter)
                .bind("after", after)
                .bind("limit", limit)
                .map((row, c) -> new Follower(
                        row.getString(1), List.of(filter), row.getTimestamp(2).toInstant()))
                .list());
    }
}
