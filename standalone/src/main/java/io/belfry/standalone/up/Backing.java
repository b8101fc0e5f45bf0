package io.belfry.standalone.up;

import io.belfry.standalone.settings.DatabaseAddress;
import io.belfry.standalone.settings.WrongSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The servers that the roles meet at.
sealed interface Backing {
    /// Children of this process: the demo.
    record Embedded() implements Backing {}

    /// Servers that somebody else runs: production.
    record External(DatabaseAddress database, String redisUri) implements Backing {
        @Override
        public String toString() {
            return "External[" + database + "]";
        }
    }

    /// Decides by the environment variables `DATABASE_URL` and `REDIS_URI`.
    ///
    /// @throws WrongSettings when something is missing for production; the message names all of it
    static Backing of(Map<String, String> environment) {
        Optional<DatabaseAddress> database = DatabaseAddress.of(environment);
        Optional<String> redis = setting(environment, "REDIS_URI");
        if (database.isEmpty() && redis.isEmpty()) {
            return new Embedded();
        }
        List<String> missing = new ArrayList<>();
        if (database.isEmpty()) {
            missing.add("DATABASE_URL, as in postgres://user:password@host:5432/belfry");
        }
        if (redis.isEmpty()) {
            missing.add("REDIS_URI, as in redis://host:6379");
        }
        if (setting(environment, "BELFRY_JWT_SECRET").isEmpty()
                && setting(environment, "BELFRY_JWKS_URL").isEmpty()) {
            missing.add("BELFRY_JWT_SECRET (32 bytes or more, shared with the backend that signs users' tokens;"
                    + " `openssl rand -hex 32` makes one), or BELFRY_JWKS_URL (the keys of your identity provider)");
        }
        if (!missing.isEmpty()) {
            throw new WrongSettings("with external servers there are no defaults; please set\n  - "
                    + String.join("\n  - ", missing)
                    + "\nWith neither DATABASE_URL nor REDIS_URI, `belfry up` runs a demo on its own servers.");
        }
        return new External(database.orElseThrow(), redis.orElseThrow());
    }

    private static Optional<String> setting(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }
}
