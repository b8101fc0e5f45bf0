package io.belfry.core.audience;

import io.belfry.core.segment.SegmentUsers;
import io.belfry.core.topic.Topic;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

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

    private static final String EVERYONE = "select id from users where id > ? order by id limit ?";

    private final SegmentUsers segments;

    public RollCall(SegmentUsers segments) {
        this.segments = segments;
    }

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
        Stretch others = merged(stretches(connection, addressees, after.orElse(""), limit), limit);
        var known = new HashSet<>(named);
        addressees.actor().ifPresent(known::add);
        others.users.stream().filter(user -> !known.contains(user)).forEach(users::add);
        return new Page(users, others.end);
    }

    /// Some of those of one source, in the order of their ids.
    ///
    /// @param end all up to here are among them; empty where there are no more
    private record Stretch(List<String> users, Optional<String> end) {
        static Stretch of(List<String> users, int limit) {
            return new Stretch(users, users.size() < limit ? Optional.empty() : Optional.of(users.getLast()));
        }
    }

    private List<Stretch> stretches(Connection connection, Addressees addressees, String after, int limit)
            throws SQLException {
        var stretches = new ArrayList<Stretch>();
        if (addressees.topic().isPresent()) {
            stretches.add(followers(connection, addressees.topic().get(), after, limit));
        }
        if (addressees.crowd().everyone()) {
            stretches.add(everyone(connection, after, limit));
            return stretches;
        }
        for (String segment : addressees.crowd().segments()) {
            SegmentUsers.Page page = segments.page(connection, segment, after, limit);
            stretches.add(new Stretch(page.users(), page.end()));
        }
        return stretches;
    }

    /// As far as all sources were looked at, and no further than a page.
    private static Stretch merged(List<Stretch> stretches, int limit) {
        if (stretches.size() == 1) {
            return stretches.getFirst();
        }
        Optional<String> end =
                stretches.stream().flatMap(stretch -> stretch.end.stream()).min(Comparator.naturalOrder());
        var users = new TreeSet<String>();
        stretches.forEach(stretch -> users.addAll(stretch.users));
        List<String> reached = users.stream()
                .filter(user -> end.isEmpty() || user.compareTo(end.get()) <= 0)
                .limit(limit)
                .toList();
        return reached.size() == limit ? Stretch.of(reached, limit) : new Stretch(reached, end);
    }

    private static Stretch followers(Connection connection, String topic, String after, int limit) throws SQLException {
        try (PreparedStatement page = connection.prepareStatement(FOLLOWERS)) {
            page.setArray(
                    1, connection.createArrayOf("text", Topic.filtersOf(topic).toArray()));
            page.setString(2, after);
            page.setInt(3, limit);
            page.setInt(4, limit);
            return stretch(page, limit);
        }
    }

    private static Stretch everyone(Connection connection, String after, int limit) throws SQLException {
        try (PreparedStatement page = connection.prepareStatement(EVERYONE)) {
            page.setString(1, after);
            page.setInt(2, limit);
            return stretch(page, limit);
        }
    }

    private static Stretch stretch(PreparedStatement page, int limit) throws SQLException {
        var users = new ArrayList<String>();
        try (ResultSet row = page.executeQuery()) {
            while (row.next()) {
                users.add(row.getString(1));
            }
        }
        return Stretch.of(users, limit);
    }
}
