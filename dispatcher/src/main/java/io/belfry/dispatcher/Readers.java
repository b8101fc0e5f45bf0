package io.belfry.dispatcher;

import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// What the decision and the words of a batch need to know of its recipients, in one query.
@Singleton
final class Readers {
    private static final String LOAD = """
            select t.id, u.id is not null, u.locale, (select count(*) from devices d where d.user_id = t.id)
            from unnest(?::text[]) as t(id) left join users u on u.id = t.id
            """;

    /// @param isKnown whether the user is in `users` yet
    /// @param devices how many can be pushed to
    record Reader(String id, boolean isKnown, Optional<String> locale, int devices) {}

    Map<String, Reader> load(Connection connection, Collection<String> users) throws SQLException {
        var readers = new HashMap<String, Reader>();
        try (PreparedStatement load = connection.prepareStatement(LOAD)) {
            load.setArray(1, connection.createArrayOf("text", users.toArray(String[]::new)));
            try (ResultSet row = load.executeQuery()) {
                while (row.next()) {
                    readers.put(
                            row.getString(1),
                            new Reader(
                                    row.getString(1),
                                    row.getBoolean(2),
                                    Optional.ofNullable(row.getString(3)),
                                    row.getInt(4)));
                }
            }
        }
        return readers;
    }
}
