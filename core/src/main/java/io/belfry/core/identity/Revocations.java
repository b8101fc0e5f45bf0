package io.belfry.core.identity;

import io.belfry.core.signal.Signal;
import io.belfry.core.signal.Signals;
import io.belfry.core.user.UserId;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Which tokens were revoked before they end. Every node holds all revocations in memory and looks for new ones when
/// told, and every two seconds in case the telling was lost. Thread-safe; [#covers] does not block.
@Singleton
public class Revocations {
    private static final Logger LOG = LoggerFactory.getLogger(Revocations.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(2);

    /// A transaction that began this long before another may become visible after it.
    private static final Duration OVERLAP = Duration.ofSeconds(30);

    private static final String ALL_TOKENS = "";

    private final Jdbi jdbi;
    private final Signals signals;
    private final Clock clock;
    private final Duration longestToken;
    private final Map<Revoked, Until> known = new ConcurrentHashMap<>();
    private final CopyOnWriteArrayList<Consumer<Set<String>>> listeners = new CopyOnWriteArrayList<>();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofVirtual().name("revocations").factory());
    private Instant seenUntil = Instant.EPOCH;
    private volatile boolean loaded;

    public Revocations(Jdbi jdbi, Signals signals, TokenSettings settings, Clock clock) {
        this.jdbi = jdbi;
        this.signals = signals;
        this.clock = clock;
        this.longestToken = settings.longestLife();
        signals.on(Signal.ACCESS_CHANGED, this::wake);
        thread.scheduleWithFixedDelay(this::look, 0, LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    private record Revoked(String user, String tokenId) {}

    private record Until(Instant issued, Instant expires) {}

    /// Whether all revocations made before the start are known. Before, [#covers] may miss some.
    public boolean isLoaded() {
        return loaded;
    }

    /// Whether a token counts no longer.
    ///
    /// @param issuedAt of the token, or [Instant#EPOCH] when it does not tell: then every revocation of its user's
    ///     tokens concerns it
    /// @param tokenId the claim `jti`, or empty
    public boolean covers(String user, Instant issuedAt, String tokenId) {
        if (known.isEmpty()) {
            return false;
        }
        Until all = known.get(new Revoked(user, ALL_TOKENS));
        return all != null && !issuedAt.isAfter(all.issued)
                || !tokenId.isEmpty() && known.containsKey(new Revoked(user, tokenId));
    }

    /// Revokes all tokens of a user that were issued up to a time, which is now at the latest. Blocks.
    public void revokeAll(UserId user, Instant issuedUntil) {
        revoke(user.value(), ALL_TOKENS, issuedUntil);
    }

    /// Revokes one token of a user. Blocks.
    ///
    /// @param tokenId its claim `jti`
    public void revoke(UserId user, String tokenId) {
        if (tokenId.isEmpty()) {
            throw new IllegalArgumentException("token id: empty (expected: the claim jti of a token)");
        }
        revoke(user.value(), tokenId, clock.instant());
    }

    private void revoke(String user, String tokenId, Instant issuedUntil) {
        jdbi.useHandle(h -> h.createUpdate("""
                        insert into token_revocations (user_id, token_id, issued_until, expires_at)
                        values (:user, :token, :until, :expires)
                        on conflict (user_id, token_id) do update
                        set issued_until = greatest(token_revocations.issued_until, excluded.issued_until),
                            expires_at = excluded.expires_at, revoked_at = now()
                        """)
                .bind("user", user)
                .bind("token", tokenId)
                .bind("until", Timestamp.from(issuedUntil))
                .bind("expires", Timestamp.from(clock.instant().plus(longestToken)))
                .execute());
        wake();
        signals.raise(Signal.ACCESS_CHANGED);
    }

    /// @param listener told of the users whom new revocations concern; must not block
    public void onRevoked(Consumer<Set<String>> listener) {
        listeners.add(listener);
    }

    private void wake() {
        try {
            thread.execute(this::look);
        } catch (RejectedExecutionException closed) {
            // A signal that comes while the node shuts down has nobody left to tell.
        }
    }

    private void look() {
        try {
            var users = new HashSet<String>();
            jdbi.useHandle(h -> h.createQuery("""
                            select user_id, token_id, issued_until, revoked_at, expires_at from token_revocations
                            where revoked_at > :since and expires_at > :now
                            """)
                    .bind(
                            "since",
                            Timestamp.from(seenUntil.equals(Instant.EPOCH) ? seenUntil : seenUntil.minus(OVERLAP)))
                    .bind("now", Timestamp.from(clock.instant()))
                    .map((row, c) -> {
                        var until = new Until(
                                row.getTimestamp(3).toInstant(),
                                row.getTimestamp(5).toInstant());
                        Instant revokedAt = row.getTimestamp(4).toInstant();
                        seenUntil = revokedAt.isAfter(seenUntil) ? revokedAt : seenUntil;
                        if (!until.equals(known.put(new Revoked(row.getString(1), row.getString(2)), until))) {
                            users.add(row.getString(1));
                        }
                        return until;
                    })
                    .list());
            known.values().removeIf(until -> until.expires.isBefore(clock.instant()));
            boolean first = !loaded;
            loaded = true;
            if (!first && !users.isEmpty()) {
                listeners.forEach(listener -> listener.accept(users));
            }
        } catch (RuntimeException e) {
            LOG.warn("revoked tokens could not be looked for: {}", e.getMessage());
        }
    }

    @PreDestroy
    void close() {
        thread.shutdownNow();
    }
}
