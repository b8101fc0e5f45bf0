package io.belfry.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.belfry.core.identity.Revocations;
import io.belfry.core.node.Node;
import io.belfry.core.node.Nodes;
import io.belfry.core.user.UserId;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BiFunction;

/// What services can do with plain channels and with the connections of users, on all gateways: the server API.
/// Thread-safe; blocks.
@Singleton
final class ServerCalls {
    private static final byte[] DONE = "{}".getBytes(StandardCharsets.UTF_8);

    private final Channels channels;
    private final ChannelMethods channelMethods;
    private final Nodes nodes;
    private final Revocations revocations;
    private final Orders orders;
    private final Clock clock;

    ServerCalls(
            Channels channels,
            ChannelMethods channelMethods,
            Nodes nodes,
            Revocations revocations,
            Orders orders,
            Clock clock) {
        this.channels = channels;
        this.channelMethods = channelMethods;
        this.nodes = nodes;
        this.revocations = revocations;
        this.orders = orders;
        this.clock = clock;
    }

    /// The body that tells of an outcome.
    static String answer(Rpcs.Outcome outcome) {
        return switch (outcome) {
            case Rpcs.Result(byte[] data) -> "{\"result\":" + new String(data, StandardCharsets.UTF_8) + "}";
            case Rpcs.Refused(ProtocolError error) ->
                "{\"error\":"
                        + JsonNodeFactory.instance
                                .objectNode()
                                .put("code", error.code())
                                .put("message", error.message())
                        + "}";
        };
    }

    /// @param arguments an object
    Rpcs.Outcome call(String method, JsonNode arguments) {
        return switch (method) {
            case "info" -> info();
            case "subscribe" -> subscribe(arguments);
            case "unsubscribe" -> unsubscribe(arguments);
            case "disconnect" -> disconnect(arguments);
            case "invalidate_user_tokens" -> invalidate(arguments);
            case "revoke_token" -> revoke(arguments);
            default ->
                channelMethods
                        .call(method, arguments)
                        .orElseGet(() -> new Rpcs.Refused(ProtocolError.METHOD_NOT_FOUND));
        };
    }

    /// The gateways, as they last showed themselves.
    private Rpcs.Outcome info() {
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        ArrayNode list = result.putArray("nodes");
        for (Node node : nodes.list()) {
            if (node.roles().contains("gateway")) {
                list.addObject()
                        .put("uid", node.name())
                        .put("name", node.name())
                        .put("num_clients", (long) node.figure("belfry.gateway.connections"))
                        .put("num_users", (long) node.figure("belfry.gateway.users"))
                        .put("num_channels", (long) node.figure("belfry.gateway.channels"))
                        .put(
                                "uptime",
                                Duration.between(node.startedAt(), clock.instant())
                                        .toSeconds());
            }
        }
        return new Rpcs.Result(result.toString().getBytes(StandardCharsets.UTF_8));
    }

    private Rpcs.Outcome subscribe(JsonNode arguments) {
        return aboutChannel(arguments, Orders.Joining::new);
    }

    private Rpcs.Outcome unsubscribe(JsonNode arguments) {
        return aboutChannel(arguments, Orders.Leaving::new);
    }

    private Rpcs.Outcome aboutChannel(JsonNode arguments, BiFunction<String, String, Orders.Order> order) {
        Optional<UserId> user = user(arguments);
        if (user.isEmpty()) {
            return wrong("user", arguments, UserId.EXPECTED);
        }
        String channel = arguments.path("channel").asText();
        if (channels.namespaceOf(channel).isEmpty()) {
            return new Rpcs.Refused(ProtocolError.UNKNOWN_CHANNEL);
        }
        return given(order.apply(user.get().value(), channel));
    }

    private Rpcs.Outcome given(Orders.Order order) {
        return orders.give(order).join() < 0 ? new Rpcs.Refused(ProtocolError.INTERNAL) : new Rpcs.Result(DONE);
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
        return given(new Orders.Closing(user.get().value(), Optional.empty(), why));
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

    static Rpcs.Outcome wrong(String name, JsonNode arguments, String expected) {
        return new Rpcs.Refused(ProtocolError.badRequest(
                name + ": " + Rpcs.shown(arguments.path(name)) + " (expected: " + expected + ")"));
    }
}
