package io.belfry.standalone.up;

import io.belfry.core.access.ApiKeys;
import io.belfry.core.access.Operators;
import io.belfry.migrations.Migrations;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Some or all roles on servers that somebody else runs. Everything comes from application.yml and the
/// environment; no account is made.
final class Production {
    private static final Logger LOG = LoggerFactory.getLogger(Production.class);

    /// Above any sensible grace period; whoever supervises the process kills it earlier.
    private static final Duration STOP_PATIENCE = Duration.ofMinutes(5);

    private final Backing.External servers;
    private final Set<Role> roles;
    private final Listening listening;

    Production(Backing.External servers, Set<Role> roles, Listening listening) {
        this.servers = servers;
        this.roles = roles;
        this.listening = listening;
    }

    /// Starts the roles, and gives what it started to `resources` as it goes.
    Started start(Resources resources) {
        var database = servers.database();
        int applied = Migrations.migrate(database.jdbcUrl(), database.user(), database.password());
        if (applied > 0) {
            LOG.info("Applied {} migration(s) to the database", applied);
        }
        RunningRoles running = resources.add(RunningRoles.start(roles, settings(), STOP_PATIENCE));
        sayWhoIsMissing(running);
        String url = listening.url(running.listen());
        return new Started(StartupInfo.of(url, Optional.empty()), roles);
    }

    private Map<String, Object> settings() {
        Map<String, Object> settings = new LinkedHashMap<>(listening.settings());
        var database = servers.database();
        settings.put("datasources.default.url", database.jdbcUrl());
        if (database.user() != null) {
            settings.put("datasources.default.username", database.user());
        }
        if (database.password() != null) {
            settings.put("datasources.default.password", database.password());
        }
        settings.put("redis.uri", servers.redisUri());
        return settings;
    }

    private void sayWhoIsMissing(RunningRoles running) {
        if (roles.contains(Role.API) && running.get(ApiKeys.class).list().isEmpty()) {
            LOG.warn("No API key exists, so nobody can send events yet. Make one: belfry key create NAME");
        }
        if (roles.contains(Role.CONSOLE) && running.get(Operators.class).list().isEmpty()) {
            LOG.warn("No operator exists, so nobody can sign in yet. Make one: belfry operator create EMAIL");
        }
    }
}
