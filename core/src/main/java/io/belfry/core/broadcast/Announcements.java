package io.belfry.core.broadcast;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.belfry.core.user.Bucket;
import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Query;

/// The log of the channel `announcements`, read side: which waves went out, and what a user has of them. Thread-safe;
/// blocks on the database.
@Singleton
public final class Announcements {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<Map<String, Content>> CONTENTS = new TypeReference<>() {};
    private static final String COLUMNS =
            "b.id, b.contents, b.category, b.audience ->> 'kind' <> 'everyone' as snapshot, b.started_at, b.valid_until";
    private static final String LIVE =
            " b.state in ('sending', 'paused', 'sent', 'cancelled') and (b.valid_until is null or b.valid_until > now()) ";

    private final Jdbi jdbi;

    public Announcements(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /// One entry of the log: a wave, or the recall of those before.
    public record Wave(long offset, UUID broadcastId, int bucketFrom, int bucketTo, Kind kind) {
        public enum Kind {
            ANNOUNCES,
            RECALLS
        }

        public boolean holds(String userId) {
            int bucket = Bucket.of(userId);
            return bucketFrom <= bucket && bucket < bucketTo;
        }
    }

    /// What happened to a user at an offset of the log.
    public sealed interface Change {
        long offset();
    }

    /// An announcement as one user has it.
    public record Entry(Announcement announcement, long offset, boolean read) implements Change {}

    /// It was taken back.
    public record Recalled(UUID broadcast, long offset) implements Change {}

    /// The offset of the last wave of all.
    public long head() {
        return jdbi.withHandle(h -> h.createQuery("select head from announcement_head")
                .mapTo(Long.class)
                .one());
    }

    /// The waves after an offset, oldest first.
    public List<Wave> wavesAfter(long offset, int limit) {
        return jdbi.withHandle(h -> h.createQuery("""
                        select "offset", broadcast_id, bucket_from, bucket_to, recall from announcements
                        where "offset" > :offset order by "offset" limit :limit
                        """)
                .bind("offset", offset)
                .bind("limit", limit)
                .map((row, c) -> new Wave(
                        row.getLong(1),
                        row.getObject(2, UUID.class),
                        row.getInt(3),
                        row.getInt(4),
                        row.getBoolean(5) ? Wave.Kind.RECALLS : Wave.Kind.ANNOUNCES))
                .list());
    }

    /// A broadcast that is out and still valid.
    public Optional<Announcement> find(UUID broadcast) {
        return jdbi.withHandle(
                h -> h.createQuery("select " + COLUMNS + " from broadcasts b where b.id = :id and" + LIVE)
                        .bind("id", broadcast)
                        .map((row, c) -> announcement(row))
                        .findOne());
    }

    /// Those of the given users whom a broadcast with a snapshot audience addresses.
    public Set<String> addressed(UUID broadcast, Collection<String> users) {
        return jdbi.withHandle(h -> new HashSet<>(h.createQuery(
                        "select user_id from broadcast_audience where broadcast_id = :id and user_id = any(:users)")
                .bind("id", broadcast)
                .bindArray("users", String.class, users.toArray())
                .mapTo(String.class)
                .list()));
    }

    /// Whether a broadcast has a snapshot audience; empty when there is none such.
    public Optional<Boolean> hasSnapshot(UUID broadcast) {
        return jdbi.withHandle(
                h -> h.createQuery("select audience ->> 'kind' <> 'everyone' from broadcasts where id = :id")
                        .bind("id", broadcast)
                        .mapTo(Boolean.class)
                        .findOne());
    }

    /// What a user has: the broadcasts that address them, as far as the waves have come, that are still valid; oldest
    /// first.
    ///
    /// @param after only those past this offset of the log
    public List<Entry> of(String user, long after, int limit) {
        return jdbi.withHandle(h -> changes(h, "not a.recall and" + LIVE, user, after, limit)
                .map((row, c) -> entry(row))
                .list());
    }

    /// What happened to a user since, oldest first: what they have, and what was taken back of what may have been sent
    /// to them.
    public List<Change> since(String user, long after, int limit) {
        return jdbi.withHandle(h -> changes(h, "(a.recall or" + LIVE + ")", user, after, limit)
                .map((row, c) -> row.getBoolean(9)
                        ? new Recalled(row.getObject(1, UUID.class), row.getLong(7))
                        : (Change) entry(row))
                .list());
    }

    private static Query changes(Handle h, String which, String user, long after, int limit) {
        return h.createQuery("select " + COLUMNS + """
                        , a."offset", r.user_id is not null as read, a.recall
                        from announcements a
                        join broadcasts b on b.id = a.broadcast_id
                        left join announcement_reads r on r.broadcast_id = b.id and r.user_id = :user
                        where a."offset" > :after and a.bucket_from <= :bucket and a.bucket_to > :bucket
                            and (b.audience ->> 'kind' = 'everyone' or exists (
                                select 1 from broadcast_audience x where x.broadcast_id = b.id and x.user_id = :user))
                            and\s
                        """ + which + " order by a.\"offset\" limit :limit")
                .bind("user", user)
                .bind("after", after)
                .bind("bucket", Bucket.of(user))
                .bind("limit", limit);
    }

    private static Entry entry(ResultSet row) throws SQLException {
        return new Entry(announcement(row), row.getLong(7), row.getBoolean(8));
    }

    private static Announcement announcement(ResultSet row) throws SQLException {
        return new Announcement(
                row.getObject(1, UUID.class),
                contents(row.getString(2)),
                row.getString(3),
                row.getBoolean(4),
                row.getTimestamp(5).toInstant(),
                Optional.ofNullable(row.getTimestamp(6)).map(Timestamp::toInstant));
    }

    static Map<String, Content> contents(String json) {
        try {
            return JSON.readValue(json, CONTENTS);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("broadcast contents in the database are not readable", e);
        }
    }
}
