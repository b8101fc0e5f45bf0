package io.belfry.dispatcher;

import io.belfry.core.topic.Topic;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Turns claimed events into (event, recipient) pairs, about one batch of them. Followers of a topic come in pages;
/// where one ends its lane stops, the others go on, and the next batch continues from there.
@Singleton
final class Expansion {
    /// Of each filter that matches at most a page, in the order of its key, so that the size of a topic does not
    /// matter.
    private static final String FOLLOWERS = """
            select distinct f.user_id
            from unnest(?::text[]) as t(topic)
                cross join lateral (
                    select user_id from topic_followers where topic = t.topic and user_id > ? order by user_id limit ?) f
            order by f.user_id limit ?
            """;

    private final DispatcherSettings settings;

    Expansion(DispatcherSettings settings) {
        this.settings = settings;
    }

    /// One notification to be.
    record Pair(ClaimedEvent event, String user) {}

    /// An event whose audience did not fit.
    record Unfinished(ClaimedEvent event, String expandedTo) {}

    record Batch(List<Pair> pairs, List<ClaimedEvent> finished, List<Unfinished> unfinished) {
        static final Batch NOTHING = new Batch(List.of(), List.of(), List.of());
    }

    Batch expand(Connection connection, Claims.Claim claim) throws SQLException {
        Batch batch = new Batch(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        Set<Integer> stopped = new HashSet<>();
        for (ClaimedEvent event : claim.events()) {
            int room = settings.batchRecipients() - batch.pairs.size();
            if (room <= 0) {
                break;
            }
            if (!stopped.contains(event.lane())) {
                // An audience leaves half of what room there is to the other lanes, so that none waits for its end.
                int page = claim.lanes().size() == 1 ? room : Math.ceilDiv(room, 2);
                Optional<Unfinished> rest = expand(connection, event, page, batch.pairs);
                rest.ifPresentOrElse(batch.unfinished::add, () -> batch.finished.add(event));
                rest.ifPresent(unfinished -> stopped.add(event.lane()));
            }
        }
        return batch;
    }

    private static Optional<Unfinished> expand(Connection connection, ClaimedEvent event, int page, List<Pair> pairs)
            throws SQLException {
        if (event.expandedTo().isEmpty()) {
            named(event).forEach(user -> pairs.add(new Pair(event, user)));
        }
        if (event.topic().isEmpty()) {
            return Optional.empty();
        }
        List<String> followers = followers(connection, event, page);
        Set<String> others = new HashSet<>(event.recipients());
        event.actor().ifPresent(others::add);
        followers.stream().filter(user -> !others.contains(user)).forEach(user -> pairs.add(new Pair(event, user)));
        return followers.size() < page ? Optional.empty() : Optional.of(new Unfinished(event, followers.getLast()));
    }

    /// The actor is never told of their own act; a user named twice is told once.
    private static Set<String> named(ClaimedEvent event) {
        var users = new LinkedHashSet<>(event.recipients());
        event.actor().ifPresent(users::remove);
        return users;
    }

    private static List<String> followers(Connection connection, ClaimedEvent event, int limit) throws SQLException {
        try (PreparedStatement page = connection.prepareStatement(FOLLOWERS)) {
            List<String> filters = Topic.filtersOf(event.topic().orElseThrow());
            page.setArray(1, connection.createArrayOf("text", filters.toArray()));
            page.setString(2, event.expandedTo().orElse(""));
            page.setInt(3, limit);
            page.setInt(4, limit);
            var users = new ArrayList<String>();
            try (ResultSet row = page.executeQuery()) {
                while (row.next()) {
                    users.add(row.getString(1));
                }
            }
            return users;
        }
    }
}
