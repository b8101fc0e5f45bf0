package io.belfry.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import io.belfry.core.identity.Revocations;
import io.belfry.core.user.UserId;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;

/// What services can do with plain channels and with the connections of users, on all gateways. Thread-safe; blocks.
@Singleton
final class ServerCalls {
    private static final byte[] DONE = "{}".getBytes(StandardCharsets.UTF_8);

    private static final int MAX_DATA_BYTES = 65_536;
    private static final int MAX_CHANNELS = 1_000;

    private final Channels channels;
    private final ChannelStore store;
    private final Revocations revocations;
    private final Orders orders;
    private final Clock clock;

    ServerCalls(Channels channels, ChannelStore store, Revocations revocations, Orders orders, Clock clock) {
        this.channels = channels;
        this.store = store;
        this.revocations = revocations;
        this.orders = orders;
        this.clock = clock;
    }

    /// @param arguments an object
    Rpcs.Outcome call(String method, JsonNode arguments) {
        return switch (method) {
            case "publish" -> publish(arguments);
            case "broadcast" -> broadcast(arguments);
            case "history" -> history(arguments);
            case "unsubscribe" -> unsubscribe(arguments);
            case "disconnect" -> disconnect(arguments);
            case "invalidate_user_tokens" -> invalidate(arguments);
            case "revoke_token" -> revoke(arguments);
            default -> new Rpcs.Refused(ProtocolError.METHOD_NOT_FOUND);
        };
    }

    private Rpcs.Outcome publish(JsonNode arguments) {
        return publish(arguments.path("channel").asText(), arguments.path("data"));
    }

    private Rpcs.Outcome publish(String channel, JsonNode data) {
        Optional<Namespace> namespace = channels.namespaceOf(channel);
        if (namespace.isEmpty()) {
            return new Rpcs.Refused(ProtocolError.UNKNOWN_CHANNEL);
        }
        byte[] line = data.toString().getBytes(StandardCharsets.UTF_8);
        if (!data.isContainerNode() || line.length > MAX_DATA_BYTES) {
            return new Rpcs.Refused(ProtocolError.badRequest(
                    "data (expected: an object or array of at most " + MAX_DATA_BYTES + " bytes)"));
        }
        ChannelStore.Position position = store.publish(
                        channel, namespace.get(), ChannelPublication.encode("", "", line))
                .join();
        return new Rpcs.Result(bytes(
                namespace.get().hasHistory()
                        ? JsonNodeFactory.instance
                                .objectNode()
                                .put("offset", position.offset())
                                .put("epoch", position.epoch())
                        : JsonNodeFactory.instance.objectNode()));
    }

    /// The same to several channels, each with its own answer.
    private Rpcs.Outcome broadcast(JsonNode arguments) {
        JsonNode names = arguments.path("channels");
        if (!names.isArray() || names.isEmpty() || names.size() > MAX_CHANNELS) {
            return wrong("channels", arguments, "1 to " + MAX_CHANNELS + " names");
        }
        ArrayNode responses = JsonNodeFactory.instance.arrayNode();
        for (JsonNode name : names) {
            responses.addRawValue(
                    new RawValue(ServerApiController.answer(publish(name.asText(), arguments.path("data")))));
        }
        return new Rpcs.Result(bytes(JsonNodeFactory.instance.objectNode().set("responses", responses)));
    }

    private Rpcs.Outcome history(JsonNode arguments) {
        String channel = arguments.path("channel").asText();
        Optional<Namespace> namespace = channels.namespaceOf(channel);
        if (namespace.isEmpty()) {
            return new Rpcs.Refused(ProtocolError.UNKNOWN_CHANNEL);
        }
        if (!namespace.get().hasHistory()) {
            return new Rpcs.Refused(ProtocolError.NOT_AVAILABLE);
        }
        JsonNode since = arguments.path("since");
        var command = new Command.History(
                1,
                channel,
                arguments.path("limit").asInt(),
                since.isObject()
                        ? Optional.of(new Command.ClientPosition(
                                true,
                                since.path("epoch").asText(),
                                since.path("offset").asLong()))
                        : Optional.empty(),
                arguments.path("reverse").asBoolean());
        ChannelStore.History found = store.read(channel, namespace.get(), command.range(namespace.get()))
                .join();
        if (!command.isOfEpoch(found.epoch())) {
            return new Rpcs.Refused(ProtocolError.UNRECOVERABLE);
        }
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        ArrayNode publications = result.putArray("publications");
        for (ChannelPublication publication : found.publications()) {
            ObjectNode one = publications.addObject().put("offset", publication.offset());
            one.putRawValue("data", new RawValue(new String(publication.data(), StandardCharsets.UTF_8)));
            if (!publication.user().isEmpty()) {
                one.putObject("info").put("user", publication.user()).put("client", publication.client());
            }
        }
        return new Rpcs.Result(bytes(result.put("epoch", found.epoch()).put("offset", found.offset())));
    }

    private Rpcs.Outcome unsubscribe(JsonNode arguments) {
        Optional<UserId> user = user(arguments);
        if (user.isEmpty()) {
            return wrong("user", arguments, UserId.EXPECTED);
        }
        String channel = arguments.path("channel").asText();
        if (channels.namespaceOf(channel).isEmpty()) {
            return new Rpcs.Refused(ProtocolError.UNKNOWN_CHANNEL);
        }
        return given(new Orders.Leaving(user.get().value(), channel));
    }

    private Rpcs.Outcome given(Orders.Order order) {
        return orders.give(order).join() < 0 ? new Rpcs.Refused(ProtocolError.INTERNAL) : new Rpcs.Result(DONE);
    }

    private static byte[] bytes(JsonNode json) {
        return json.toString().getBytes(StandardCharsets.UTF_8);
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
        return given(new Orders.Closing(user.get().value(), why));
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
