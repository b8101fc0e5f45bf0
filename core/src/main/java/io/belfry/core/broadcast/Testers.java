package io.belfry.core.broadcast;

import io.belfry.core.sandbox.Sandbox;
import io.belfry.core.topic.Topic;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/// Whom broadcasts reach where everything is a test: those of their audience who may get tests. Stateless; runs within
/// the caller's transaction.
final class Testers {
    private static final int MAX = 10_000;

    private final Sandbox sandbox;

    Testers(Sandbox sandbox) {
        this.sandbox = sandbox;
    }

    /// @return the audience as it is, or a fixed list of testers, whatever comes to fit the audience later
    Audience of(Handle h, Audience audience) {
        if (!sandbox.holdsEverything()) {
            return audience;
        }
        return new Audience.Users(
                switch (audience) {
                    case Audience.Everyone() -> testers(h, "select id from users where ", "id", Map.of());
                    case Audience.Topic(String topic) ->
                        testers(
                                h,
                                "select distinct user_id as id from topic_followers where topic = any(:filters) and ",
                                "user_id",
                                Map.of("filters", Topic.filtersOf(topic).toArray(String[]::new)));
                    case Audience.Users(List<String> users) ->
                        users.stream().filter(sandbox::admits).toList();
                });
    }

    private List<String> testers(Handle h, String from, String column, Map<String, String[]> values) {
        var query = h.createQuery(from + "(" + column + " = any(:ids) or " + column
                        + " ^@ any(:beginnings)) order by id limit :limit")
                .bindArray("ids", String.class, sandbox.ids().toArray())
                .bindArray("beginnings", String.class, sandbox.beginnings().toArray())
                .bind("limit", MAX);
        values.forEach((name, texts) -> query.bindArray(name, String.class, (Object[]) texts));
        return query.mapTo(String.class).list();
    }
}
