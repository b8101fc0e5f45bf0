package io.belfry.core.access;

import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/// Signed-in browsers of operators: a random token of 256 bits in a cookie, of which only the SHA-256 is kept. A
/// session ends by sign-out, when unused for the idle timeout, at the end of its lifetime, or when its operator is
/// disabled. Thread-safe; blocks on the database.
@Singleton
public class OperatorSessions {
    /// How exactly the last use is known; saves a write a request.
    private static final Duration TOUCH_EVERY = Duration.ofMinutes(1);
    private static final int MAX_USER_AGENT = 300;

    private final Jdbi jdbi;
    private final OperatorSettings settings;
    private final Clock clock;

    public OperatorSessions(Jdbi jdbi, OperatorSettings settings, Clock clock) {
        this.jdbi = jdbi;
        this.settings = settings;
        this.clock = clock;
    }

    /// Begins a session, and forgets those that are over.
    ///
    /// @param address where the browser is
    /// @return the token for the cookie, which cannot be found again
    public String begin(Operator operator, String address, String userAgent) {
        String text = SessionToken.mint();
        Instant now = clock.instant();
        jdbi.useTransaction(h -> {
            h.createUpdate("delete from operator_sessions where expires_at < :now or last_seen_at < :idle")
                    .bind("now", Timestamp.from(now))
                    .bind("idle", Timestamp.from(now.minus(settings.idleTimeout())))
                    .execute();
            h.createUpdate("""
                            insert into operator_sessions (token_hash, operator_id, csrf_secret, address, user_agent, created_at,
                                                           last_seen_at, expires_at)
                            values (:hash, :operator, :secret, :address, :agent, :now, :now, :expires)
                            """)
                    .bind("hash", SessionToken.hash(text))
                    .bind("operator", operator.id())
                    .bind("secret", SessionToken.random())
                    .bind("address", address)
                    .bind("agent", userAgent.substring(0, Math.min(userAgent.length(), MAX_USER_AGENT)))
                    .bind("now", Timestamp.from(now))
                    .bind("expires", Timestamp.from(now.plus(settings.sessionLifetime())))
                    .execute();
        });
        return text;
    }

    /// The session of a token, if it still lasts.
    public Optional<OperatorSession> find(String token) {
        if (token.length() != SessionToken.LENGTH) {
            return Optional.empty();
        }
        Instant now = clock.instant();
        byte[] hash = SessionToken.hash(token);
        Optional<Found> found = jdbi.withHandle(h -> h.createQuery("""
                        select o.id, o.email, o.name, o.role, o.created_at, o.last_sign_in_at, o.one_time_until, o.locked_until,
                               o.disabled_at, o.second_factor_since,
                               s.csrf_secret, s.address, s.created_at as begun_at, s.expires_at, s.last_seen_at
                        from operator_sessions s join operators o on o.id = s.operator_id
                        where s.token_hash = :hash and s.expires_at > :now and s.last_seen_at > :idle and o.disabled_at is null
                        """)
                .bind("hash", hash)
                .bind("now", Timestamp.from(now))
                .bind("idle", Timestamp.from(now.minus(settings.idleTimeout())))
                .map((row, c) -> found(row, hash))
                .findOne());
        found.filter(f -> f.seenAt().plus(TOUCH_EVERY).isBefore(now)).ifPresent(f -> touch(hash, now));
        return found.map(Found::session);
    }

    private record Found(OperatorSession session, Instant seenAt) {}

    private static Found found(ResultSet row, byte[] hash) throws SQLException {
        var session = new OperatorSession(
                HexFormat.of().formatHex(hash),
                Operators.operator(row),
                new CsrfTokens(row.getBytes("csrf_secret")),
                row.getString("address"),
                row.getTimestamp("begun_at").toInstant(),
                row.getTimestamp("expires_at").toInstant());
        return new Found(session, row.getTimestamp("last_seen_at").toInstant());
    }

    private void touch(byte[] hash, Instant now) {
        jdbi.useHandle(h -> h.createUpdate("update operator_sessions set last_seen_at = :now where token_hash = :hash")
                .bind("now", Timestamp.from(now))
                .bind("hash", hash)
                .execute());
    }

    /// Ends a session; one that is over already is no error.
    public void end(OperatorSession session) {
        jdbi.useHandle(h -> h.createUpdate("delete from operator_sessions where token_hash = :hash")
                .bind("hash", HexFormat.of().parseHex(session.id()))
                .execute());
    }

    /// A session as its owner sees it.
    ///
    /// @param id as in [OperatorSession#id]
    public record Line(String id, String address, String userAgent, Instant createdAt, Instant lastSeenAt) {}

    /// The sessions of an operator that last, the one used last first.
    public List<Line> list(UUID operator) {
        Instant now = clock.instant();
        return jdbi.withHandle(h -> h.createQuery("""
                        select encode(token_hash, 'hex'), address, user_agent, created_at, last_seen_at from operator_sessions
                        where operator_id = :id and expires_at > :now and last_seen_at > :idle order by last_seen_at desc
                        """)
                .bind("id", operator)
                .bind("now", Timestamp.from(now))
                .bind("idle", Timestamp.from(now.minus(settings.idleTimeout())))
                .map((row, c) -> new Line(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getTimestamp(4).toInstant(),
                        row.getTimestamp(5).toInstant()))
                .list());
    }

    /// Ends all sessions of an operator but this one.
    ///
    /// @return how many
    public int endOthers(OperatorSession session) {
        return jdbi.withHandle(
                h -> h.createUpdate("delete from operator_sessions where operator_id = :id and token_hash <> :hash")
                        .bind("id", session.operator().id())
                        .bind("hash", HexFormat.of().parseHex(session.id()))
                        .execute());
    }

    /// Ends one of an operator's sessions.
    ///
    /// @param id as in [Line#id]
    /// @return false when that operator has no such session
    public boolean endOne(UUID operator, String id) {
        return jdbi.withHandle(h -> h.createUpdate("delete from operator_sessions where operator_id = :operator"
                                + " and encode(token_hash, 'hex') = :id")
                        .bind("operator", operator)
                        .bind("id", id)
                        .execute())
                == 1;
    }

    /// Ends all sessions of an operator.
    public void endAll(UUID operator) {
        jdbi.useHandle(h -> h.createUpdate("delete from operator_sessions where operator_id = :id")
                .bind("id", operator)
                .execute());
    }
}
