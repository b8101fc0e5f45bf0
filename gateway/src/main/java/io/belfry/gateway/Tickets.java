package io.belfry.gateway;

import io.belfry.core.identity.Revocations;
import io.belfry.core.identity.TokenVerdict;
import io.belfry.core.redis.RedisLink;
import io.belfry.core.user.UserId;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Short-lived words that stand for a token, once: for clients that can put nothing but a URL into their request, where
/// a token would end up in logs. Good at every gateway. Thread-safe; does not block.
@Singleton
final class Tickets {
    private static final String KEY = "bf:ticket:";
    private static final int RANDOM_BYTES = 24;
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_-]{32}");
    private static final SecureRandom RANDOM = new SecureRandom();

    private final RedisLink<StatefulRedisConnection<String, String>> link;
    private final Revocations revocations;
    private final Duration validFor;

    Tickets(RedisClient redis, Revocations revocations, GatewaySettings settings) {
        this.revocations = revocations;
        this.link = new RedisLink<>("tickets", redis::connect, c -> {});
        this.validFor = settings.ticketLife();
    }

    Duration validFor() {
        return validFor;
    }

    /// @return the ticket; fails without Redis
    CompletableFuture<String> issue(TokenVerdict.Valid holder) {
        byte[] bytes = new byte[RANDOM_BYTES];
        RANDOM.nextBytes(bytes);
        String ticket = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        String value = fields(
                holder.user().value(),
                Long.toString(holder.expiresAt().getEpochSecond()),
                Long.toString(holder.issuedAt().getEpochSecond()),
                holder.tokenId(),
                holder.deviceId().orElse(""),
                holder.locale().orElse(""));
        return link.openOrFailed()
                .thenCompose(c -> c.async().psetex(KEY + ticket, validFor.toMillis(), value))
                .thenApply(done -> ticket);
    }

    /// @return who it stands for, if it was issued, and neither used before nor too old; fails without Redis
    CompletableFuture<Optional<TokenVerdict.Valid>> redeem(String ticket) {
        if (!FORM.matcher(ticket).matches()) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        return link.openOrFailed()
                .thenCompose(c -> c.async().getdel(KEY + ticket))
                .thenApply(value -> Optional.ofNullable(value)
                        .map(Tickets::holder)
                        // The token may have been revoked since.
                        .filter(holder ->
                                !revocations.covers(holder.user().value(), holder.issuedAt(), holder.tokenId())));
    }

    /// One a line.
    private static String fields(String... fields) {
        return Arrays.stream(fields).map(field -> field.replace('\n', ' ')).collect(Collectors.joining("\n"));
    }

    private static TokenVerdict.Valid holder(String value) {
        String[] fields = value.split("\n", -1);
        return new TokenVerdict.Valid(
                new UserId(fields[0]),
                Instant.ofEpochSecond(Long.parseLong(fields[1])),
                Optional.of(fields[4]).filter(device -> !device.isEmpty()),
                Optional.of(fields[5]).filter(locale -> !locale.isEmpty()),
                Instant.ofEpochSecond(Long.parseLong(fields[2])),
                fields[3],
                Map.of(),
                "");
    }

    @PreDestroy
    void close() {
        link.close();
    }
}
