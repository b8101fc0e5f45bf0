package io.belfry.dispatcher;

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

/// Turns claimed events into (event, recipient) pairs, at most one batch of them. Followers of a topic come in pages;
/// where
/// the page ends the lane stops, and the next batch goes on from there.
@Singleton
final class Expansion {
    private static final String FOLLOWERS =
            "select user_id from topic_followers where topic = ? and user_id > ? order by user_id limit ?";

    private final DispatcherSettings settings;

    Expansion(DispatcherSettings settings) {
        this.settings = settings;
    }

    /// One notification to be.
    record Pair(ClaimedEvent event, String user) {}

    /// An event whose audience did not fit.
    record Unfinished(ClaimedEvent event, String expandedTo) {}

    record Batch(List<Pair> pairs, List<ClaimedEvent> finished, Optional<Unfinished> unfinished) {}

    Batch expand(Connection connection, List<ClaimedEvent> events) throws SQLException {
        var pairs = new ArrayList<Pair>();
        var finished = new ArrayList<ClaimedEvent>();
        for (ClaimedEvent event : events) {
            if (pairs.size() >= settings.batchRecipients()) {
                break;
            }
            if (event.expandedTo().isEmpty()) {
                named(event).forEach(user -> pairs.add(new Pair(event, user)));
            }
            if (event.topic().isPresent()) {
                int room = Math.max(1, settings.batchRecipients() - pairs.size());
                List<String> page = followers(connection, event, room);
                Set<String> others = new HashSet<>(event.recipients());
                event.actor().ifPresent(others::add);
                page.stream().filter(u -> !others.contains(u)).forEach(user -> pairs.add(new Pair(event, user)));
                if (page.size() == room) {
                    return new Batch(pairs, finished, Optional.of(new Unfinished(event, page.getLast())));
                }
            }
            finished.add(event);
        }
        return new Batch(pairs, finished, Optional.empty());
    }

    /// The actor is never told of their own act; a user named twice is told once.
    private static Set<String> named(ClaimedEvent event) {
        var users = new LinkedHashSet<>(event.recipients());
        event.actor().ifPresent(users::remove);
        return users;
    }

    private static List<String> followers(Connection connection, ClaimedEvent event, int limit) throws SQLException {
        try (PreparedStatement page = connection.prepareStatement(FOLLOWERS)) {
            page.setString(1, event.topic().orElseThrow());
            page.setString(2, event.expandedTo().orElse(""));
            page.setInt(3, limit);
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
