package io.belfry.core.decision;

import io.belfry.core.preference.Preferences;
import io.belfry.core.preference.PreferencesJson;
import io.belfry.core.sandbox.Sandbox;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// What the decision and the words of a batch need to know of its recipients, in one query. Thread-safe; blocks on the
/// database.
@Singleton
public final class Recipients {
    private static final String LOAD = """
            select t.id, u.id is not null, u.locale, u.time_zone, p.settings,
                   (select count(*) from devices d where d.user_id = t.id)
            from unnest(?::text[]) as t(id)
            left join users u on u.id = t.id
            left join user_preferences p on p.user_id = t.id
            """;

    private final DecisionSettings settings;
    private final Sandbox sandbox;

    public Recipients(DecisionSettings settings, Sandbox sandbox) {
        this.settings = settings;
        this.sandbox = sandbox;
    }

    /// @return each of them, known or not
    public Map<String, Recipient> load(Connection connection, Collection<String> users) throws SQLException {
        var recipients = new HashMap<String, Recipient>();
        try (PreparedStatement load = connection.prepareStatement(LOAD)) {
            load.setArray(1, connection.createArrayOf("text", users.toArray(String[]::new)));
            try (ResultSet row = load.executeQuery()) {
                while (row.next()) {
                    recipients.put(row.getString(1), recipient(row));
                }
            }
        }
        return recipients;
    }

    private Recipient recipient(ResultSet row) throws SQLException {
        return new Recipient(
                row.getString(1),
                row.getBoolean(2),
                Optional.ofNullable(row.getString(3)),
                person(row.getString(1), row.getString(5), row.getString(4), row.getInt(6)));
    }

    /// @param settings what the user chose, as the database has it; null for nothing
    /// @param zone the name of the user's time zone; may be null
    public Circumstances.Person person(String user, String settings, String zone, int devices) {
        return new Circumstances.Person(preferences(settings), zone(zone), devices, sandbox.admits(user));
    }

    /// @param text null for a user who chose nothing
    private static Preferences preferences(String text) {
        return text == null ? Preferences.NONE : PreferencesJson.read(text);
    }

    /// @param name null, or one that is not known here, for a user whose clock is not known
    private ZoneId zone(String name) {
        if (name == null) {
            return settings.timeZone();
        }
        try {
            return ZoneId.of(name);
        } catch (DateTimeException e) {
            return settings.timeZone();
        }
    }
}
