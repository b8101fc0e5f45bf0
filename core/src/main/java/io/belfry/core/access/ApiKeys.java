package io.belfry.core.access;

import io.belfry.core.database.Snapshot;
import io.belfry.core.signal.Signal;
import io.belfry.core.signal.Signals;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Jdbi;

/// The keys with which services call Belfry: `bk_` and 256 random bits. Only their SHA-256 is kept. A revoked key stops
/// working within moments, at the latest after five seconds. Thread-safe; [#find] does not block.
@Singleton
public class ApiKeys {
    public static final String PREFIX = "bk_";
    private static final Duration REFRESH = Duration.ofSeconds(5);
    private static final int MAX_LENGTH = 128;
    private static final int HINT_LENGTH = 9;
    private static final String COLUMNS = "id, name, hint, scopes, created_at, last_used_at, revoked_at, is_test";
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Jdbi jdbi;
    private final Signals signals;
    private final Snapshot<Map<String, ApiKey>> usable;
    private final Set<UUID> used = ConcurrentHashMap.newKeySet();

    public ApiKeys(Jdbi jdbi, Signals signals) {
        this.jdbi = jdbi;
        this.signals = signals;
        this.usable = new Snapshot<>("API keys", REFRESH, this::load);
        signals.on(Signal.ACCESS_CHANGED, usable::refresh);
    }

    /// A key just made. Its text is shown once and cannot be found again.
    public record Created(ApiKey key, String secret) {
        @Override
        public String toString() {
            return "Created[key=" + key + ", secret=[REDACTED]]";
        }
    }

    public Created create(String name, Set<Scope> scopes) {
        return create(name, scopes, ApiKey.Kind.LIVE);
    }

    public Created create(String name, Set<Scope> scopes, ApiKey.Kind kind) {
        return create(UUID.randomUUID(), name, scopes, kind).orElseThrow();
    }

    /// The same under an id that the caller chose, so that a form which is sent twice makes one key.
    ///
    /// @return empty when there is such a key already; its text cannot be found again
    public Optional<Created> create(UUID id, String name, Set<Scope> scopes, ApiKey.Kind kind) {
        byte[] bytes = new byte[32];
        RANDOM.nextBytes(bytes);
        String secret = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        int made = jdbi.withHandle(
                h -> h.createUpdate("insert into api_keys (id, name, hint, secret_hash, scopes, is_test)"
                                + " values (:id, :name, :hint, :hash, :scopes, :test) on conflict (id) do nothing")
                        .bind("id", id)
                        .bind("name", name)
                        .bind("hint", secret.substring(0, HINT_LENGTH))
                        .bind("hash", sha256(secret))
                        .bind("test", kind == ApiKey.Kind.TEST)
                        .bindArray(
                                "scopes",
                                String.class,
                                scopes.stream().map(Scope::label).toArray())
                        .execute());
        if (made == 0) {
            return Optional.empty();
        }
        changed();
        return find(id).map(key -> new Created(key, secret));
    }

    /// The key that a caller presents, if it may be used.
    public Optional<ApiKey> find(String secret) {
        if (!secret.startsWith(PREFIX) || secret.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        // A look-up by hash tells nothing about the key by its timing: the attacker cannot choose the hash's bits.
        ApiKey key = usable.get().get(HexFormat.of().formatHex(sha256(secret)));
        if (key != null) {
            used.add(key.id());
        }
        return Optional.ofNullable(key);
    }

    /// All keys, newest first, revoked ones too.
    public List<ApiKey> list() {
        return jdbi.withHandle(h -> h.createQuery("select " + COLUMNS + " from api_keys order by created_at desc, id")
                .map((row, c) -> key(row))
                .list());
    }

    public Optional<ApiKey> find(UUID id) {
        return jdbi.withHandle(h -> h.createQuery("select " + COLUMNS + " from api_keys where id = :id")
                .bind("id", id)
                .map((row, c) -> key(row))
                .findOne());
    }

    private static ApiKey key(ResultSet row) throws SQLException {
        return new ApiKey(
                row.getObject(1, UUID.class),
                row.getString(2),
                row.getString(3),
                scopes((String[]) row.getArray(4).getArray()),
                row.getBoolean(8) ? ApiKey.Kind.TEST : ApiKey.Kind.LIVE,
                row.getTimestamp(5).toInstant(),
                Optional.ofNullable(row.getTimestamp(6)).map(Timestamp::toInstant),
                Optional.ofNullable(row.getTimestamp(7)).map(Timestamp::toInstant));
    }

    /// @return false when there is no such key, or it was revoked before
    public boolean revoke(UUID id) {
        boolean done = jdbi.withHandle(h -> h.createUpdate(
                                "update api_keys set revoked_at = now() where id = :id and revoked_at is null")
                        .bind("id", id)
                        .execute())
                == 1;
        changed();
        return done;
    }

    private void changed() {
        usable.refreshNow();
        signals.raise(Signal.ACCESS_CHANGED);
    }

    private Map<String, ApiKey> load() {
        saveUse();
        var hashes = new HashMap<UUID, String>();
        jdbi.useHandle(
                h -> h.createQuery("select id, encode(secret_hash, 'hex') from api_keys where revoked_at is null")
                        .map((row, c) -> Map.entry(row.getObject(1, UUID.class), row.getString(2)))
                        .forEach(e -> hashes.put(e.getKey(), e.getValue())));
        var keys = new HashMap<String, ApiKey>();
        list().stream().filter(k -> hashes.containsKey(k.id())).forEach(k -> keys.put(hashes.get(k.id()), k));
        return Map.copyOf(keys);
    }

    /// When a key was last used is saved with each refresh, not with each request.
    private void saveUse() {
        List<UUID> ids = List.copyOf(used);
        ids.forEach(used::remove);
        if (!ids.isEmpty()) {
            jdbi.useHandle(h -> h.createUpdate("update api_keys set last_used_at = now() where id = any(:ids)")
                    .bindArray("ids", UUID.class, ids.toArray())
                    .execute());
        }
    }

    private static Set<Scope> scopes(String[] labels) {
        var scopes = EnumSet.noneOf(Scope.class);
        Arrays.stream(labels).flatMap(label -> Scope.ofLabel(label).stream()).forEach(scopes::add);
        return scopes;
    }

    private static byte[] sha256(String secret) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @PreDestroy
    void close() {
        usable.close();
    }
}
