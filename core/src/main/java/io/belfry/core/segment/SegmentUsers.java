package io.belfry.core.segment;

import io.belfry.core.database.DatabaseFault;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jdbi.v3.core.Jdbi;

/// Finds the users of segments. Thread-safe; blocks on the database.
@Singleton
public final class SegmentUsers {
    /// People in a preview.
    public static final int SAMPLE = 10;

    private static final String RULE = "select rule from segments where id = ?";
    /// In the order of the key, so that it stops with the page.
    private static final String PAGE = """
            select u.id from (select * from users where id > ? order by id limit ?) u where %s order by u.id limit ?
            """;
    private static final String LOOKED_AT = "select id from users where id > ? order by id offset ? limit 1";

    private final Jdbi jdbi;
    private final SegmentSettings settings;

    public SegmentUsers(Jdbi jdbi, SegmentSettings settings) {
        this.jdbi = jdbi;
        this.settings = settings;
    }

    /// A part of a segment, in the order of ids.
    ///
    /// @param end up to which user all were looked at; empty where there are no more
    public record Page(List<String> users, Optional<String> end) {}

    /// @param count empty where it takes too long
    /// @param sample the first ones; empty where it takes too long to find them
    public record Preview(OptionalLong count, List<String> sample) {}

    /// @param id of a segment; nobody is in one that does not exist
    /// @param after the end of the page before; empty at first
    public Page page(Connection connection, String id, String after, int limit) throws SQLException {
        Optional<Rule> rule = rule(connection, id);
        if (rule.isEmpty()) {
            return new Page(List.of(), Optional.empty());
        }
        int scan = Math.max(settings.maxScan(), limit);
        List<String> users = users(connection, Condition.of(rule.get()), after, scan, limit);
        return new Page(
                users, users.size() == limit ? Optional.of(users.getLast()) : lookedAt(connection, after, scan));
    }

    private static Optional<Rule> rule(Connection connection, String id) throws SQLException {
        try (PreparedStatement look = connection.prepareStatement(RULE)) {
            look.setString(1, id);
            try (ResultSet row = look.executeQuery()) {
                return row.next() ? Optional.of(Segments.rule(row.getString(1))) : Optional.empty();
            }
        }
    }

    private static List<String> users(Connection connection, Condition condition, String after, int scan, int limit)
            throws SQLException {
        try (PreparedStatement page = connection.prepareStatement(PAGE.formatted(condition.sql()))) {
            page.setString(1, after);
            page.setInt(2, scan);
            page.setInt(condition.bind(connection, page, 3), limit);
            var users = new ArrayList<String>();
            try (ResultSet row = page.executeQuery()) {
                while (row.next()) {
                    users.add(row.getString(1));
                }
            }
            return users;
        }
    }

    private static Optional<String> lookedAt(Connection connection, String after, int scan) throws SQLException {
        try (PreparedStatement look = connection.prepareStatement(LOOKED_AT)) {
            look.setString(1, after);
            look.setInt(2, scan - 1);
            try (ResultSet row = look.executeQuery()) {
                return row.next() ? Optional.of(row.getString(1)) : Optional.empty();
            }
        }
    }

    /// How many there are now, and who, as far as that is found in time.
    public Preview preview(Rule rule) {
        Condition condition = Condition.of(rule);
        try {
            return jdbi.<Preview, SQLException>withHandle(h -> {
                List<String> sample =
                        inTime(() -> sample(h.getConnection(), condition)).orElse(List.of());
                Optional<Long> count = inTime(() -> count(h.getConnection(), condition));
                return new Preview(count.map(OptionalLong::of).orElseGet(OptionalLong::empty), sample);
            });
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    private interface Look<T> {
        T now() throws SQLException;
    }

    private static <T> Optional<T> inTime(Look<T> look) throws SQLException {
        try {
            return Optional.of(look.now());
        } catch (SQLException e) {
            if (DatabaseFault.isCancelled(e)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private List<String> sample(Connection connection, Condition condition) throws SQLException {
        try (PreparedStatement look = connection.prepareStatement(
                "select u.id from users u where " + condition.sql() + " order by u.id limit ?")) {
            look.setQueryTimeout((int) settings.previewPatience().toSeconds());
            look.setInt(condition.bind(connection, look, 1), SAMPLE);
            var users = new ArrayList<String>();
            try (ResultSet row = look.executeQuery()) {
                while (row.next()) {
                    users.add(row.getString(1));
                }
            }
            return users;
        }
    }

    private long count(Connection connection, Condition condition) throws SQLException {
        try (PreparedStatement look =
                connection.prepareStatement("select count(*) from users u where " + condition.sql())) {
            look.setQueryTimeout((int) settings.previewPatience().toSeconds());
            condition.bind(connection, look, 1);
            try (ResultSet row = look.executeQuery()) {
                row.next();
                return row.getLong(1);
            }
        }
    }
}
