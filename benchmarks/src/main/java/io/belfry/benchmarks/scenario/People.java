package io.belfry.benchmarks.scenario;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Locale;
import javax.sql.DataSource;

/// Users in a database, made by SQL: that they come into it through the API is not what is measured. User `i` of a
/// prefix is called as [io.belfry.benchmarks.load.Users] calls it.
final class People {
    private final DataSource database;
    private final String prefix;
    private final int count;

    /// Makes the users.
    People(DataSource database, String prefix, int count) {
        this.database = database;
        this.prefix = prefix;
        this.count = count;
        write("insert into users (id) select ? || i from generate_series(0, ? - 1) i");
    }

    /// All of them follow the topic.
    void follow(String topic) {
        write("insert into topic_followers (topic, user_id) select '" + topic
                + "', ? || i from generate_series(0, ? - 1) i");
        analyze("topic_followers");
    }

    /// Each gets a phone.
    void carryPhones() {
        write("""
                insert into devices (user_id, id, token, platform)
                select u, 'phone', 'token-' || u, 'android' from (select ? || i u from generate_series(0, ? - 1) i) p
                """);
        analyze("devices");
    }

    private void analyze(String table) {
        try (Connection connection = database.getConnection()) {
            connection.createStatement().execute("analyze users, " + table);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void write(String sql) {
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, prefix);
            statement.setInt(2, count);
            if (statement.executeUpdate() != count) {
                throw new IllegalStateException(String.format(Locale.ROOT, "fewer than %,d rows by %s", count, sql));
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The one number that a query gives.
    static long number(DataSource database, String sql) {
        try (Connection connection = database.getConnection();
                ResultSet row = connection.createStatement().executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
