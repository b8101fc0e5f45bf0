package io.belfry.core.audience;

import io.belfry.core.topic.Topic;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Calls out whom an event reaches, page by page, each person once: the one truth for its dispatch and its dry run.
/// After those who are named come the others in the order of their ids, so that the last id of a page says where the
/// next one begins, whatever crashed in between. Stateless; blocks on the database.
@Singleton
public final class RollCall {
    /// Of each filter that matches at most a page, in the order of its key, so that the size of a topic does not
    /// matter.
    private static final String FOLLOWERS = """
            select distinct f.user_id
            from unnest(?::text[]) as t(topic)
                cross join lateral (
                    select user_id from topic_followers where topic = t.topic and user_id > ? order by user_id limit ?) f
            order by f.user_id limit ?
            """;

    /// A part of the recipients.
    ///
    /// @param next where the following page begins; empty when this was the last one
    public record Page(List<String> users, Optional<String> next) {}

    /// @param after what the page before gave as its next; empty at first, when all who are named are called as well
    /// @param limit of those who are not named
    public Page call(Connection connection, Addressees addressees, Optional<String> after, int limit)
            throws SQLException {
        Set<String> named = addressees.named();
        var users = new ArrayList<String>(after.isEmpty() ? named : List.of());
        if (!addressees.isOpen()) {
            return new Page(users, Optional.empty());
        }
        List<String> others = followers(connection, addressees.topic().orElseThrow(), after.orElse(""), limit);
        var known = new HashSet<>(named);
        addressees.actor().ifPresent(known::add);
        others.stream().filter(user -> !known.contains(user)).forEach(users::add);
        return new Page(users, others.size() < limit ? Optional.empty() : Optional.of(others.getLast()));
    }

    private static List<String> followers(Connection connection, String topic, String after, int limit)
            throws SQLException {
        try (PreparedStatement page = connection.prepareStatement(FOLLOWERS)) {
            page.setArray(
                    1, connection.createArrayOf("text", Topic.filtersOf(topic).toArray()));
            page.setString(2, after);
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
