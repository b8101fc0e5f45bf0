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
    /// Nobody who chose nothing is to be asked for, which spares the question for most broadcasts of most
    /// installations.
    private static final String COLUMNS = """
            b.id, b.contents, b.category,
            b.audience ->> 'kind' <> 'everyone' or exists (
                select 1 from categories c where c.id = b.category and not c.mandatory
                    and ('inbox' = any (c.opt_in) or exists (select 1 from user_preferences))) as selective,
            b.started_at, b.valid_until""";
    private static final String WANTED = " wants(p.settings, c.id, 'inbox', c.mandatory, c.opt_in) and ";
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
    ///
    /// @param isSilent whether it is to make no sound
    public record Entry(Announcement announcement, long offset, boolean read, boolean isSilent) implements Change {}

    /// It was taken back.
    public record Recalled(UUID broadcast, long offset) implements Change {}

    /// Those of some users whom a broadcast addresses and who want its category.
    ///
    /// @param quiet those of them who are not to be disturbed by it
    public record Addressed(Set<String> users, Set<String> quiet) {}

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

    /// Whom of the given users a broadcast addresses.
    public Addressed addressed(UUID broadcast, Collection<String> users) {
        return addressed(broadcast, users, "wants(p.settings, c.id, 'inbox', c.mandatory, c.opt_in)");
    }

    /// Whom of the given users it addressed, whatever they chose since: they may have it.
    public Addressed holders(UUID broadcast, Collection<String> users) {
        return addressed(broadcast, users, "true");
    }

    private Addressed addressed(UUID broadcast, Collection<String> users, String condition) {
        var addressed = new Addressed(new HashSet<>(), new HashSet<>());
        jdbi.useHandle(h -> h.createQuery("""
                        select u.id, keeps_quiet(p.settings, c.id, c.mandatory, c.opt_in, b.audience ->> 'topic')
                        from broadcasts b join categories c on c.id = b.category
                        cross join unnest(:users) as u(id)
                        left join user_preferences p on p.user_id = u.id
                        where b.id = :id and (b.audience ->> 'kind' = 'everyone' or exists (
                                select 1 from broadcast_audience x where x.broadcast_id = b.id and x.user_id = u.id)) and
                        """ + condition)
                .bind("id", broadcast)
                .bindArray("users", String.class, users.toArray())
                .map((row, c) -> Map.entry(row.getString(1), row.getBoolean(2)))
                .forEach(user -> {
                    addressed.users.add(user.getKey());
                    if (user.getValue()) {
                        addressed.quiet.add(user.getKey());
                    }
                }));
        return addressed;
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
        return jdbi.withHandle(h -> changes(h, "not a.recall and" + WANTED + LIVE, user, after, limit)
                .map((row, c) -> entry(row))
                .list());
    }

    /// What happened to a user since, oldest first: what they have, and what was taken back of what may have been sent
    /// to them.
    public List<Change> since(String user, long after, int limit) {
        return jdbi.withHandle(h -> changes(h, "(a.recall or" + WANTED + LIVE + ")", user, after, limit)
                .map((row, c) -> row.getBoolean(10)
                        ? new Recalled(row.getObject(1, UUID.class), row.getLong(7))
                        : (Change) entry(row))
                .list());
    }

    private static Query changes(Handle h, String which, String user, long after, int limit) {
        return h.createQuery("select " + COLUMNS + """
                        , a."offset", r.user_id is not null as read,
                        keeps_quiet(p.settings, c.id, c.mandatory, c.opt_in, b.audience ->> 'topic') as silent, a.recall
                        from announcements a
                        join broadcasts b on b.id = a.broadcast_id
                        join categories c on c.id = b.category
                        left join user_preferences p on p.user_id = :user
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
        return new Entry(announcement(row), row.getLong(7), row.getBoolean(8), row.getBoolean(9));
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
