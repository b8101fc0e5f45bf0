package io.belfry.gateway;

import io.belfry.core.identity.TokenVerdict;
import io.belfry.core.user.UserId;
import io.micronaut.context.annotation.Context;
import jakarta.annotation.PreDestroy;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Clients without a token, who may be in any channel: for development alone, off unless
/// `belfry.gateway.insecure-client`
/// says otherwise, and then told in the log again and again. Thread-safe.
@Context
final class InsecureClients {
    private static final Logger LOG = LoggerFactory.getLogger(InsecureClients.class);
    private static final UserId ANYBODY = new UserId("anonymous");
    private static final Duration REMIND_EVERY = Duration.ofMinutes(1);
    private static final Duration STAY = Duration.ofDays(365);
    private static final int HISTORY = 100;

    private final boolean allowed;
    private final Clock clock;
    private final Optional<ScheduledExecutorService> reminding;

    InsecureClients(GatewaySettings settings, Clock clock) {
        this.allowed = settings.insecureClient();
        this.clock = clock;
        this.reminding = allowed
                ? Optional.of(Executors.newSingleThreadScheduledExecutor(
                        Thread.ofVirtual().name("gateway-insecure").factory()))
                : Optional.empty();
        reminding.ifPresent(
                thread -> thread.scheduleAtFixedRate(this::remind, 0, REMIND_EVERY.toMillis(), TimeUnit.MILLISECONDS));
    }

    private void remind() {
        LOG.warn("INSECURE: clients connect WITHOUT A TOKEN, and read and write ANY CHANNEL. This is for development;"
                + " turn belfry.gateway.insecure-client off before anybody else can reach this port");
    }

    boolean areAllowed() {
        return allowed;
    }

    /// Who a client without a token is, if it is let in.
    Optional<TokenVerdict.Valid> holder(String token) {
        return allowed && token.isEmpty()
                ? Optional.of(new TokenVerdict.Valid(
                        ANYBODY,
                        clock.instant().plus(STAY),
                        Optional.empty(),
                        Optional.empty(),
                        clock.instant(),
                        "",
                        Map.of(),
                        ""))
                : Optional.empty();
    }

    /// What channels are like that no configured namespace has.
    Optional<Namespace> namespace(String name) {
        return allowed
                ? Optional.of(new Namespace(
                        name,
                        List.of("users"),
                        Namespace.Access.USERS,
                        HISTORY,
                        Duration.ofMinutes(5),
                        Namespace.Visibility.USERS,
                        1_000,
                        true))
                : Optional.empty();
    }

    @PreDestroy
    void close() {
        reminding.ifPresent(ScheduledExecutorService::shutdownNow);
    }
}
