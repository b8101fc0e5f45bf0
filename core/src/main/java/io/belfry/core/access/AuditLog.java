package io.belfry.core.access;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.inject.Singleton;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/// Who did what, when and from where. Only added to. Thread-safe; blocks on the database.
@Singleton
public class AuditLog {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<Map<String, JsonNode>> DETAIL = new TypeReference<>() {};

    private final Jdbi jdbi;

    public AuditLog(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /// Which entries to list; empty parts do not narrow.
    ///
    /// @param actor whole
    /// @param action its beginning, such as `template.`
    /// @param subject its beginning
    /// @param from not before this moment
    /// @param to before this moment
    /// @param before the last id of the page above
    public record Search(
            Optional<String> actor,
            Optional<String> action,
            Optional<String> subject,
            Optional<Instant> from,
            Optional<Instant> to,
            OptionalLong before,
            int limit) {
        public Search(Optional<String> actor, Optional<String> action, OptionalLong before, int limit) {
            this(actor, action, Optional.empty(), Optional.empty(), Optional.empty(), before, limit);
        }

        /// The page below.
        public Search olderThan(AuditEntry last) {
            return new Search(actor, action, subject, from, to, OptionalLong.of(last.id()), limit);
        }
    }

    /// Who does something, and from where.
    ///
    /// @param actor an operator's e-mail address, or an API key by name
    /// @param address may be null
    public record Origin(String actor, String address) {}

    /// @param detail never a secret or a payload
    public void record(String actor, String action, String subject, String address, Map<String, String> detail) {
        jdbi.useHandle(h -> record(h, new Origin(actor, address), action, subject, detail));
    }

    /// The same within the caller's transaction: what is recorded was done.
    public static void record(Handle handle, Origin origin, String action, String subject, Map<String, String> detail) {
        handle.createUpdate("""
                        insert into audit_log (actor, action, subject, address, detail)
                        values (:actor, :action, :subject, :address, cast(:detail as jsonb))
                        """)
                .bind("actor", origin.actor())
                .bind("action", action)
                .bind("subject", subject)
                .bind("address", origin.address())
                .bind("detail", write(detail))
                .execute();
    }

    /// Newest first.
    public List<AuditEntry> search(Search search) {
        StringBuilder where = new StringBuilder(" where true");
        search.actor().ifPresent(a -> where.append(" and actor = :actor"));
        search.action().ifPresent(a -> where.append(" and starts_with(action, :action)"));
        search.subject().ifPresent(s -> where.append(" and starts_with(subject, :subject)"));
        search.from().ifPresent(f -> where.append(" and at >= :from"));
        search.to().ifPresent(t -> where.append(" and at < :to"));
        search.before().ifPresent(b -> where.append(" and id < :before"));
        return jdbi.withHandle(h -> {
            var query = h.createQuery("select id, at, actor, action, subject, address, detail from audit_log" + where
                            + " order by id desc limit :limit")
                    .bind("limit", search.limit());
            search.actor().ifPresent(a -> query.bind("actor", a));
            search.action().ifPresent(a -> query.bind("action", a));
            search.subject().ifPresent(s -> query.bind("subject", s));
            search.from().ifPresent(f -> query.bind("from", Timestamp.from(f)));
            search.to().ifPresent(t -> query.bind("to", Timestamp.from(t)));
            search.before().ifPresent(b -> query.bind("before", b));
            return query.map((row, c) -> new AuditEntry(
                            row.getLong(1),
                            row.getTimestamp(2).toInstant(),
                            row.getString(3),
                            row.getString(4),
                            row.getString(5),
                            Optional.ofNullable(row.getString(6)),
                            read(row.getString(7))))
                    .list();
        });
    }

    private static String write(Map<String, String> detail) {
        try {
            return JSON.writeValueAsString(detail);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, String> read(String json) {
        try {
            var detail = new LinkedHashMap<String, String>();
            JSON.readValue(json, DETAIL)
                    .forEach((name, value) -> detail.put(name, value.isTextual() ? value.asText() : value.toString()));
            return detail;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("audit detail in the database is not readable", e);
        }
    }
}
