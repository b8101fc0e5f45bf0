package io.belfry.standalone.up;

import io.belfry.core.access.ApiKeys;
import io.belfry.core.access.Operators;
import io.belfry.core.identity.UserTokens;
import io.belfry.migrations.Migrations;
import io.belfry.standalone.demo.CredentialsFile;
import io.belfry.standalone.demo.DemoCredentials;
import io.belfry.testkit.PostgresServer;
import io.belfry.testkit.fcm.FcmSimulator;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// All roles on servers of their own, with accounts to play with and a phone that is a web page.
final class Demo {
    private static final String PROJECT = "belfry-demo";

    /// Whoever presses Ctrl-C on a demo does not want to wait.
    private static final Duration GRACE = Duration.ofMillis(1_500);

    private static final Duration STOP_PATIENCE = Duration.ofMillis(2_500);

    private final Path directory;
    private final Listening listening;
    private final Map<String, String> environment;

    /// @param directory where everything is kept
    Demo(Path directory, Listening listening, Map<String, String> environment) {
        this.directory = directory;
        this.listening = listening;
        this.environment = environment;
    }

    /// Starts everything, and gives what it started to `resources` as it goes.
    Started start(Resources resources) throws IOException {
        CredentialsFile file = new CredentialsFile(directory);
        DemoAccounts accounts = new DemoAccounts(file);
        EmbeddedServers servers = resources.add(EmbeddedServers.start(directory));
        Migrations.migrate(servers.postgres().dataSource());
        Optional<FcmSimulator> simulator =
                hasFirebase() ? Optional.empty() : Optional.of(resources.add(new FcmSimulator(0)));

        RunningRoles roles = resources.add(
                RunningRoles.start(EnumSet.allOf(Role.class), settings(servers, accounts, simulator), STOP_PATIENCE));
        DemoCredentials made =
                accounts.ensure(roles.get(ApiKeys.class), roles.get(Operators.class), roles.get(UserTokens.class));
        roles.addSettings("demo", pageSettings(made, simulator));
        String url = listening.url(roles.listen());

        DemoCredentials running = made.runningAt(new DemoCredentials.Running(
                url,
                simulator.map(FcmSimulator::url).orElse(null),
                servers.postgres().url(),
                servers.redis().url()));
        file.write(running);
        resources.add(() -> file.write(running.stopped()));
        return new Started(StartupInfo.of(url, Optional.of(running)), EnumSet.allOf(Role.class));
    }

    private boolean hasFirebase() {
        String file = environment.get("BELFRY_FIREBASE_CREDENTIALS");
        return file != null && !file.isBlank();
    }

    private Map<String, Object> settings(
            EmbeddedServers servers, DemoAccounts accounts, Optional<FcmSimulator> simulator) {
        PostgresServer postgres = servers.postgres();
        Map<String, Object> settings = new LinkedHashMap<>(listening.settings());
        settings.put("datasources.default.url", postgres.jdbcUrl());
        settings.put("datasources.default.username", postgres.user());
        settings.put("datasources.default.password", postgres.password());
        settings.put("redis.uri", servers.redis().url());
        settings.put("belfry.tokens.secret", accounts.jwtSecret());
        settings.put("belfry.demo.enabled", true);
        settings.put("micronaut.lifecycle.graceful-shutdown.grace-period", GRACE.toMillis() + "ms");
        simulator.ifPresent(phone -> {
            settings.put("belfry.push.endpoint", phone.url());
            settings.put("belfry.push.project-id", PROJECT);
        });
        return settings;
    }

    /// What the demo page needs, known only once the accounts are there.
    private static Map<String, Object> pageSettings(DemoCredentials made, Optional<FcmSimulator> simulator) {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("belfry.demo.api-key", made.apiKey());
        made.users().forEach(user -> settings.put("belfry.demo.tokens." + user.id(), user.token()));
        simulator.ifPresent(phone -> settings.put("belfry.demo.simulator-url", phone.url()));
        return settings;
    }
}
