package io.belfry.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Function;

/// What services can do with plain channels. Thread-safe; blocks.
@Singleton
final class ChannelMethods {
    private static final int MAX_DATA_BYTES = 65_536;
    private static final int MAX_CHANNELS = 1_000;

    private final Channels channels;
    private final ChannelStore store;
    private final Presence presence;

    ChannelMethods(Channels channels, ChannelStore store, Presence presence) {
        this.channels = channels;
        this.store = store;
        this.presence = presence;
    }

    /// @param arguments an object
    /// @return empty when there is no such method
    Optional<Rpcs.Outcome> call(String method, JsonNode arguments) {
        return Optional.ofNullable(
                switch (method) {
                    case "publish" -> publish(arguments);
                    case "broadcast" -> broadcast(arguments);
                    case "history" -> history(arguments);
                    case "history_remove" -> removeHistory(arguments);
                    case "presence" -> presence(arguments);
                    case "presence_stats" -> presenceStats(arguments);
                    default -> null;
                });
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
                        channel, namespace.get(), ChannelPublication.encode(ClientInfo.SERVICE, line))
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
            return ServerCalls.wrong("channels", arguments, "1 to " + MAX_CHANNELS + " names");
        }
        ArrayNode responses = JsonNodeFactory.instance.arrayNode();
        for (JsonNode name : names) {
            responses.addRawValue(new RawValue(ServerCalls.answer(publish(name.asText(), arguments.path("data")))));
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
            if (!publication.info().isService()) {
                one.putRawValue("info", new RawValue(publication.info().json()));
            }
        }
        return new Rpcs.Result(bytes(result.put("epoch", found.epoch()).put("offset", found.offset())));
    }

    private Rpcs.Outcome removeHistory(JsonNode arguments) {
        String channel = arguments.path("channel").asText();
        Optional<Namespace> namespace = channels.namespaceOf(channel);
        if (namespace.isEmpty()) {
            return new Rpcs.Refused(ProtocolError.UNKNOWN_CHANNEL);
        }
        if (!namespace.get().hasHistory()) {
            return new Rpcs.Refused(ProtocolError.NOT_AVAILABLE);
        }
        store.removeHistory(channel).join();
        return new Rpcs.Result(bytes(JsonNodeFactory.instance.objectNode()));
    }

    private Rpcs.Outcome presence(JsonNode arguments) {
        return present(arguments, channel -> {
            ObjectNode result = JsonNodeFactory.instance.objectNode();
            ObjectNode clients = result.putObject("presence");
            for (ClientInfo client : presence.of(channel).join()) {
                clients.putRawValue(client.client(), new RawValue(client.json()));
            }
            return result;
        });
    }

    private Rpcs.Outcome presenceStats(JsonNode arguments) {
        return present(arguments, channel -> {
            PresenceStore.Stats stats = presence.stats(channel).join();
            return JsonNodeFactory.instance
                    .objectNode()
                    .put("num_clients", stats.clients())
                    .put("num_users", stats.users());
        });
    }

    private Rpcs.Outcome present(JsonNode arguments, Function<String, ObjectNode> answer) {
        String channel = arguments.path("channel").asText();
        Optional<Namespace> namespace = channels.namespaceOf(channel);
        if (namespace.isEmpty()) {
            return new Rpcs.Refused(ProtocolError.UNKNOWN_CHANNEL);
        }
        return namespace.get().hasPresence()
                ? new Rpcs.Result(bytes(answer.apply(channel)))
                : new Rpcs.Refused(ProtocolError.NOT_AVAILABLE);
    }

    private static byte[] bytes(JsonNode json) {
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }
}
