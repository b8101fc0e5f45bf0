package io.belfry.core.preference;

import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Jdbi;

/// What each user chose. A change holds for whatever is decided after it. Thread-safe; blocks on the database.
@Singleton
public final class UserPreferences {
    private static final String SELECT = """
            select p.settings, u.time_zone from users u left join user_preferences p on p.user_id = u.id
            where u.id = :user
            """;

    private final Jdbi jdbi;

    public UserPreferences(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    public Chosen of(String user) {
        return jdbi.withHandle(h -> h.createQuery(SELECT)
                .bind("user", user)
                .map((row, c) -> chosen(row))
                .findOne()
                .orElse(Chosen.NOTHING));
    }

    /// Changes them in one step: no two changes of one user undo each other. A user that is not known yet is created.
    ///
    /// @return what they are now
    public Chosen change(String user, UnaryOperator<Chosen> change) {
        return jdbi.inTransaction(h -> {
            h.createUpdate("insert into users (id) values (:user) on conflict do nothing")
                    .bind("user", user)
                    .execute();
            // A statement of its own: only a later one sees what the one before in the lock did.
            h.createQuery("select id from users where id = :user for no key update")
                    .bind("user", user)
                    .mapTo(String.class)
                    .one();
            Chosen before = h.createQuery(SELECT)
                    .bind("user", user)
                    .map((row, c) -> chosen(row))
                    .one();
            Chosen after = change.apply(before);
            if (!after.preferences().equals(before.preferences())) {
                h.createUpdate("""
                                insert into user_preferences (user_id, settings) values (:user, cast(:settings as json))
                                on conflict (user_id) do update set settings = excluded.settings, updated_at = now()
                                """)
                        .bind("user", user)
                        .bind("settings", PreferencesJson.write(after.preferences()))
                        .execute();
            }
            if (!after.timeZone().equals(before.timeZone())) {
                h.createUpdate("update users set time_zone = :zone, updated_at = now() where id = :user")
                        .bind("zone", after.timeZone().orElse(null))
                        .bind("user", user)
                        .execute();
            }
            return after;
        });
    }

    private static Chosen chosen(ResultSet row) throws SQLException {
        String settings = row.getString(1);
        return new Chosen(
                settings == null ? Preferences.NONE : PreferencesJson.read(settings),
                Optional.ofNullable(row.getString(2)));
    }
}
