package io.belfry.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import io.belfry.core.identity.Revocations;
import io.belfry.core.user.UserId;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;

/// What services can do to the connections of users, on all gateways. Thread-safe; blocks.
@Singleton
final class ServerCalls {
    private static final byte[] DONE = "{}".getBytes(StandardCharsets.UTF_8);

    private final Revocations revocations;
    private final Orders orders;
    private final Clock clock;

    ServerCalls(Revocations revocations, Orders orders, Clock clock) {
        this.revocations = revocations;
        this.orders = orders;
        this.clock = clock;
    }

    /// @param arguments an object
    Rpcs.Outcome call(String method, JsonNode arguments) {
        return switch (method) {
            case "disconnect" -> disconnect(arguments);
            case "invalidate_user_tokens" -> invalidate(arguments);
            case "revoke_token" -> revoke(arguments);
            default -> new Rpcs.Refused(ProtocolError.METHOD_NOT_FOUND);
        };
    }

    private Rpcs.Outcome disconnect(JsonNode arguments) {
        Optional<UserId> user = user(arguments);
        if (user.isEmpty()) {
            return wrong("user", arguments, UserId.EXPECTED);
        }
        if (arguments.has("client") || arguments.has("session") || arguments.has("whitelist")) {
            return new Rpcs.Refused(ProtocolError.badRequest("client, session, whitelist (expected: none of them)"));
        }
        JsonNode code = arguments.at("/disconnect/code");
        Disconnect why = code.isMissingNode() || code.asInt() == Disconnect.FORCED.code()
                ? Disconnect.FORCED
                : Disconnect.FORCED_TO_RECONNECT;
        if (!code.isMissingNode() && code.asInt() != why.code()) {
            return new Rpcs.Refused(
                    ProtocolError.badRequest("disconnect.code: " + code + " (expected: 3503, or 3011 to reconnect)"));
        }
        long heard = orders.give(new Orders.Closing(user.get().value(), why)).join();
        return heard < 0 ? new Rpcs.Refused(ProtocolError.INTERNAL) : new Rpcs.Result(DONE);
    }

    private Rpcs.Outcome invalidate(JsonNode arguments) {
        Optional<UserId> user = user(arguments);
        if (user.isEmpty()) {
            return wrong("user", arguments, UserId.EXPECTED);
        }
        JsonNode before = arguments.path("revoked_before");
        Instant now = clock.instant();
        if (!before.isMissingNode() && (!before.canConvertToLong() || before.asLong() > now.getEpochSecond())) {
            return wrong("revoked_before", arguments, "seconds since 1970, not in the future");
        }
        revocations.revokeAll(
                user.get(),
                before.isMissingNode()
                        ? now
                        : Instant.ofEpochSecond(before.asLong()).minusMillis(1));
        return new Rpcs.Result(DONE);
    }

    private Rpcs.Outcome revoke(JsonNode arguments) {
        Optional<UserId> user = user(arguments);
        if (user.isEmpty()) {
            return wrong("user", arguments, UserId.EXPECTED);
        }
        JsonNode id = arguments.path("uid");
        if (!id.isTextual() || id.asText().isEmpty() || id.asText().length() > 256) {
            return wrong("uid", arguments, "the claim jti of a token, 1 to 256 characters");
        }
        revocations.revoke(user.get(), id.asText());
        return new Rpcs.Result(DONE);
    }

    private static Optional<UserId> user(JsonNode arguments) {
        return Optional.of(arguments.path("user").asText())
                .filter(UserId::isValid)
                .map(UserId::new);
    }

    private static Rpcs.Outcome wrong(String name, JsonNode arguments, String expected) {
        return new Rpcs.Refused(ProtocolError.badRequest(
                name + ": " + Rpcs.shown(arguments.path(name)) + " (expected: " + expected + ")"));
    }
}
