package io.belfry.core.preference;

import jakarta.inject.Singleton;
import java.util.function.UnaryOperator;
import org.jdbi.v3.core.Jdbi;

/// What each user chose. A change holds for whatever is decided after it. Thread-safe; blocks on the database.
@Singleton
public final class UserPreferences {
    private final Jdbi jdbi;

    public UserPreferences(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    public Preferences of(String user) {
        return jdbi.withHandle(h -> h.createQuery("select settings from user_preferences where user_id = :user")
                        .bind("user", user)
                        .mapTo(String.class)
                        .findOne())
                .map(PreferencesJson::read)
                .orElse(Preferences.NONE);
    }

    /// Changes them in one step: no two changes of one user undo each other. A user that is not known yet is created.
    ///
    /// @return what they are now
    public Preferences change(String user, UnaryOperator<Preferences> change) {
        return jdbi.inTransaction(h -> {
            h.createUpdate("""
                            with known as (insert into users (id) values (:user) on conflict do nothing)
                            insert into user_preferences (user_id) values (:user) on conflict do nothing
                            """).bind("user", user).execute();
            Preferences before = PreferencesJson.read(
                    h.createQuery("select settings from user_preferences where user_id = :user for update")
                            .bind("user", user)
                            .mapTo(String.class)
                            .one());
            Preferences after = change.apply(before);
            h.createUpdate("""
                            update user_preferences set settings = cast(:settings as json), updated_at = now()
                            where user_id = :user
                            """)
                    .bind("settings", PreferencesJson.write(after))
                    .bind("user", user)
                    .execute();
            return after;
        });
    }
}
