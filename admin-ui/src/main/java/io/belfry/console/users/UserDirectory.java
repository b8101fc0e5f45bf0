package io.belfry.console.users;

import io.belfry.core.inbox.Counts;
import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/// Finds users for operators. Every query reads an index and as many rows as it returns. Thread-safe; blocks on the
/// database.
@Singleton
final class UserDirectory {
    /// Comes after every character of a user id.
    private static final String LAST = "~";

    private static final String COUNTS =
            "coalesce(i.total, 0) as total, coalesce(i.unread, 0) as unread, coalesce(i.unseen, 0) as unseen";

    private final Jdbi jdbi;

    UserDirectory(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /// A user in a list.
    ///
    /// @param devices that can be pushed to
    record Line(String id, Optional<String> locale, Instant createdAt, int devices, Counts counts) {}

    /// What is known of a user.
    ///
    /// @param attributes a JSON object as the host application gave it
    /// @param head the offset of the last change of the inbox; 0 when nothing ever came
    record Profile(
            String id,
            Optional<String> locale,
            Optional<String> timeZone,
            String attributes,
            Instant createdAt,
            Instant updatedAt,
            Counts counts,
            long head) {}

    /// Users whose id begins so, by id.
    ///
    /// @param after the last id of the page before
    List<Line> search(String prefix, Optional<String> after, int limit) {
        return jdbi.withHandle(h -> h.createQuery("select u.id, u.locale, u.created_at, "
                        + "(select count(*) from devices d where d.user_id = u.id) as devices, " + COUNTS + """
                         from users u left join inboxes i on i.user_id = u.id
                        where u.id >= :prefix and u.id < :end and u.id > :after order by u.id limit :limit
                        """)
                .bind("prefix", prefix)
                .bind("end", prefix + LAST)
                .bind("after", after.orElse(""))
                .bind("limit", limit)
                .map((row, c) -> new Line(
                        row.getString("id"),
                        Optional.ofNullable(row.getString("locale")),
                        row.getTimestamp("created_at").toInstant(),
                        row.getInt("devices"),
                        counts(row)))
                .list());
    }

    Optional<Profile> find(String id) {
        return jdbi.withHandle(h -> h.createQuery("select u.id, u.locale, u.time_zone, u.attributes, u.created_at,"
                        + " u.updated_at, coalesce(i.head, 0) as head, " + COUNTS
                        + " from users u left join inboxes i on i.user_id = u.id where u.id = :id")
                .bind("id", id)
                .map((row, c) -> new Profile(
                        row.getString("id"),
                        Optional.ofNullable(row.getString("locale")),
                        Optional.ofNullable(row.getString("time_zone")),
                        row.getString("attributes"),
                        row.getTimestamp("created_at").toInstant(),
                        row.getTimestamp("updated_at").toInstant(),
                        counts(row),
                        row.getLong("head")))
                .findOne());
    }

    /// The topics that a user follows, by name, at most so many.
    List<String> topics(String id, int limit) {
        return jdbi.withHandle(
                h -> h.createQuery("select topic from topic_followers where user_id = :id order by topic limit :limit")
                        .bind("id", id)
                        .bind("limit", limit)
                        .mapTo(String.class)
                        .list());
    }

    private static Counts counts(ResultSet row) throws SQLException {
        return new Counts(row.getInt("total"), row.getInt("unread"), row.getInt("unseen"));
    }
}
