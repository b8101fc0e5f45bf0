package io.belfry.core.broadcast;

import io.belfry.core.segment.Condition;
import io.belfry.core.segment.Segments;
import io.belfry.core.topic.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;

/// Who belongs to an audience now, as a set in the database: a query of `user_id`, each once, and its parameters.
record Members(String sql, List<Object> parameters) {
    static Members of(Handle h, Audience audience) {
        return switch (audience) {
            case Audience.Everyone() -> new Members("select id as user_id from users", List.of());
            case Audience.Topic(String topic) ->
                new Members(
                        "select distinct user_id from topic_followers where topic = any(?)",
                        List.<Object>of((Object) Topic.filtersOf(topic).toArray(String[]::new)));
            case Audience.Segment(String segment) ->
                Segments.condition(h, segment).map(Members::of).orElse(nobody());
            case Audience.Users(List<String> users) ->
                new Members("select distinct u as user_id from unnest(?) as t(u)", List.<Object>of((Object)
                        users.toArray(String[]::new)));
        };
    }

    private static Members of(Condition condition) {
        return new Members("select u.id as user_id from users u where " + condition.sql(), condition.parameters());
    }

    private static Members nobody() {
        return new Members("select id as user_id from users where false", List.of());
    }

    /// @param patience after which it is given up; empty to wait
    long count(Handle h, Optional<Duration> patience) {
        return count(h, "select count(*) from (" + sql + ") m", patience);
    }

    /// How many devices they have.
    long countDevices(Handle h, Duration patience) {
        return count(h, "select count(*) from devices where user_id in (" + sql + ")", Optional.of(patience));
    }

    /// How many of them are known, by an event or otherwise.
    long countKnown(Handle h, Duration patience) {
        return count(
                h, "select count(*) from (" + sql + ") m join users on users.id = m.user_id", Optional.of(patience));
    }

    private long count(Handle h, String statement, Optional<Duration> patience) {
        var query = h.createQuery(statement);
        patience.ifPresent(p -> query.setQueryTimeout((int) p.toSeconds()));
        return bind(query, 0, parameters).mapTo(Long.class).one();
    }

    /// Fixes them as the audience of a broadcast.
    ///
    /// @return how many they are
    long fix(Handle h, UUID broadcast) {
        var insert = h.createUpdate(
                        "insert into broadcast_audience (broadcast_id, user_id) select ?, user_id from (" + sql + ") m")
                .bind(0, broadcast);
        return bind(insert, 1, parameters).execute();
    }

    /// Those of them who are named or whose ids begin so, in the order of ids.
    List<String> among(Handle h, Collection<String> ids, Collection<String> beginnings, int limit) {
        var query = h.createQuery("select user_id from (" + sql + ") m"
                + " where user_id = any(?) or user_id ^@ any(?) order by user_id limit ?");
        var all = new ArrayList<>(parameters);
        all.add(ids.toArray(String[]::new));
        all.add(beginnings.toArray(String[]::new));
        all.add(limit);
        return bind(query, 0, all).mapTo(String.class).list();
    }

    private static <S extends SqlStatement<S>> S bind(S statement, int first, List<Object> values) {
        for (int i = 0; i < values.size(); i++) {
            switch (values.get(i)) {
                case String[] texts -> statement.bindArray(first + i, String.class, Arrays.asList(texts));
                case Object value -> statement.bind(first + i, value);
            }
        }
        return statement;
    }
}
