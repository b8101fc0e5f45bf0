package io.belfry.core.access;

import jakarta.inject.Singleton;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/// Those who knew the password and have yet to give the code of their second factor: a random token in a cookie, of
/// which only the SHA-256 is kept, for [OperatorSettings#challengeLasts]. It opens nothing. Thread-safe; blocks on
/// the database.
@Singleton
public class Challenges {
    private final Jdbi jdbi;
    private final OperatorSettings settings;
    private final Clock clock;

    Challenges(Jdbi jdbi, OperatorSettings settings, Clock clock) {
        this.jdbi = jdbi;
        this.settings = settings;
        this.clock = clock;
    }

    /// Begins one, in place of those of the operator that are over.
    ///
    /// @return the token for the cookie
    public String begin(Operator operator) {
        String token = SessionToken.mint();
        Instant now = clock.instant();
        jdbi.useTransaction(h -> {
            h.createUpdate("delete from operator_challenges where expires_at < :now")
                    .bind("now", Timestamp.from(now))
                    .execute();
            h.createUpdate("insert into operator_challenges (token_hash, operator_id, expires_at)"
                            + " values (:hash, :operator, :expires)")
                    .bind("hash", SessionToken.hash(token))
                    .bind("operator", operator.id())
                    .bind("expires", Timestamp.from(now.plus(settings.challengeLasts())))
                    .execute();
        });
        return token;
    }

    /// Whose it is, while it lasts.
    public Optional<UUID> find(String token) {
        return jdbi.withHandle(h -> h.createQuery(
                        "select operator_id from operator_challenges where token_hash = :hash and expires_at > :now")
                .bind("hash", SessionToken.hash(token))
                .bind("now", Timestamp.from(clock.instant()))
                .mapTo(UUID.class)
                .findOne());
    }

    public void end(String token) {
        jdbi.useHandle(h -> h.createUpdate("delete from operator_challenges where token_hash = :hash")
                .bind("hash", SessionToken.hash(token))
                .execute());
    }
}
