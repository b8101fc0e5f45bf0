package io.belfry.dispatcher.push;

import io.belfry.core.database.ArrayColumns;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/// The timers of pushes that are about to be tried, held until the caller's transaction ends. Whoever recalls a
/// notification takes its timer first: then there is none to hold here, or the tries that are noted under the hold are
/// there for the recall to find. Stateless.
final class HeldTimers {
    private static final String HOLD = """
            select t.notification_id
            from push_timers t
            where (t.user_id, t.notification_id) in (select * from unnest(?::text[], ?::uuid[]))
            order by t.user_id, t.created_offset for no key update
            """;

    private HeldTimers() {}

    /// @return the notifications whose timers are there
    static Set<UUID> of(Connection connection, List<PushTry> tries) throws SQLException {
        Set<UUID> held = new HashSet<>();
        if (tries.isEmpty()) {
            return held;
        }
        try (PreparedStatement hold = connection.prepareStatement(HOLD)) {
            new ArrayColumns(hold)
                    .add("text", String[]::new, tries, PushTry::userId)
                    .add("uuid", UUID[]::new, tries, PushTry::subject);
            try (ResultSet row = hold.executeQuery()) {
                while (row.next()) {
                    held.add(row.getObject(1, UUID.class));
                }
            }
        }
        return held;
    }
}
