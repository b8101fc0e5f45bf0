package io.belfry.core.user;

import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.Jdbi;

/// The users. Whoever is named by an event is one; services describe them here. Thread-safe; blocks on the database.
@Singleton
public final class Users {
    private static final String COLUMNS = "id, locale, time_zone, attributes, created_at, updated_at";

    /// In the order of their ids, or two batches with the same users could deadlock.
    private static final String PUT = """
            insert into users (id, locale, time_zone, attributes)
            select id, locale, time_zone, attributes::jsonb
            from unnest(cast(:ids as text[]), cast(:locales as text[]), cast(:zones as text[]), cast(:attributes as text[]))
                as t(id, locale, time_zone, attributes)
            on conflict (id) do update
                set locale = excluded.locale, time_zone = excluded.time_zone, attributes = excluded.attributes,
                    updated_at = now()
            returning
            """ + COLUMNS;

    private final Jdbi jdbi;

    public Users(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    public Optional<User> find(String id) {
        return jdbi.withHandle(h -> h.createQuery("select " + COLUMNS + " from users where id = :id")
                .bind("id", id)
                .map((row, c) -> user(row))
                .findOne());
    }

    /// Adds or replaces users, all or none.
    ///
    /// @param profiles none of them twice
    /// @return the users as they are now, by id
    public List<User> put(List<UserProfile> profiles) {
        List<UserProfile> ordered =
                profiles.stream().sorted(Comparator.comparing(UserProfile::id)).toList();
        return jdbi.withHandle(h -> h.createQuery(PUT)
                .bindArray("ids", String.class, column(ordered, UserProfile::id))
                .bindArray(
                        "locales", String.class, column(ordered, p -> p.locale().orElse(null)))
                .bindArray(
                        "zones", String.class, column(ordered, p -> p.timeZone().orElse(null)))
                .bindArray("attributes", String.class, column(ordered, UserProfile::attributes))
                .map((row, c) -> user(row))
                .list());
    }

    private static Object[] column(List<UserProfile> profiles, Function<UserProfile, String> column) {
        return profiles.stream().map(column).toArray();
    }

    private static User user(ResultSet row) throws SQLException {
        return new User(
                new UserProfile(
                        row.getString(1),
                        Optional.ofNullable(row.getString(2)),
                        Optional.ofNullable(row.getString(3)),
                        row.getString(4)),
                row.getTimestamp(5).toInstant(),
                row.getTimestamp(6).toInstant());
    }
}
