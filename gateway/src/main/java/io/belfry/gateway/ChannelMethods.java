package io.belfry.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Predicate;

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
                    case "publish" ->
                        publish(arguments.path("channel").asText(), arguments.path("data"))
                                .join();
                    case "broadcast" -> broadcast(arguments);
                    case "history" ->
                        where(arguments, Namespace::hasHistory, (channel, space) -> history(channel, space, arguments));
                    case "history_remove" ->
                        where(arguments, Namespace::hasHistory, (channel, space) -> removeHistory(channel));
                    case "presence" -> where(arguments, Namespace::hasPresence, (channel, space) -> presence(channel));
                    case "presence_stats" ->
                        where(arguments, Namespace::hasPresence, (channel, space) -> presenceStats(channel));
                    default -> null;
                });
    }

    private CompletableFuture<Rpcs.Outcome> publish(String channel, JsonNode data) {
        Optional<Namespace> namespace = channels.namespaceOf(channel);
        if (namespace.isEmpty()) {
            return refused(ProtocolError.UNKNOWN_CHANNEL);
        }
        byte[] line = data.toString().getBytes(StandardCharsets.UTF_8);
        if (!data.isContainerNode() || line.length > MAX_DATA_BYTES) {
            return refused(ProtocolError.badRequest(
                    "data (expected: an object or array of at most " + MAX_DATA_BYTES + " bytes)"));
        }
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        return store.publish(channel, namespace.get(), ChannelPublication.encode(ClientInfo.SERVICE, line))
                .thenApply(position -> new Rpcs.Result(bytes(
                        namespace.get().hasHistory()
                                ? result.put("offset", position.offset()).put("epoch", position.epoch())
                                : result)));
    }

    private static CompletableFuture<Rpcs.Outcome> refused(ProtocolError error) {
        return CompletableFuture.completedFuture(new Rpcs.Refused(error));
    }

    /// The same to several channels, each with its own answer; all of them are sent before any is waited for.
    private Rpcs.Outcome broadcast(JsonNode arguments) {
        JsonNode names = arguments.path("channels");
        if (!names.isArray() || names.isEmpty() || names.size() > MAX_CHANNELS) {
            return ServerCalls.wrong("channels", arguments, "1 to " + MAX_CHANNELS + " names");
        }
        var outcomes = new ArrayList<CompletableFuture<Rpcs.Outcome>>(names.size());
        names.forEach(name -> outcomes.add(publish(name.asText(), arguments.path("data"))));
        ArrayNode responses = JsonNodeFactory.instance.arrayNode();
        outcomes.forEach(outcome -> responses.addRawValue(new RawValue(ServerCalls.answer(outcome.join()))));
        return new Rpcs.Result(bytes(JsonNodeFactory.instance.objectNode().set("responses", responses)));
    }

    private Rpcs.Outcome history(String channel, Namespace namespace, JsonNode arguments) {
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
        ChannelStore.History found =
                store.read(channel, namespace, command.range(namespace)).join();
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

    private Rpcs.Outcome removeHistory(String channel) {
        store.removeHistory(channel).join();
        return new Rpcs.Result(bytes(JsonNodeFactory.instance.objectNode()));
    }

    private Rpcs.Outcome presence(String channel) {
        ObjectNode result = JsonNodeFactory.instance.objectNode();
        ObjectNode clients = result.putObject("presence");
        for (ClientInfo client : presence.of(channel).join()) {
            clients.putRawValue(client.client(), new RawValue(client.json()));
        }
        return new Rpcs.Result(bytes(result));
    }

    private Rpcs.Outcome presenceStats(String channel) {
        PresenceStore.Stats stats = presence.stats(channel).join();
        return new Rpcs.Result(bytes(JsonNodeFactory.instance
                .objectNode()
                .put("num_clients", stats.clients())
                .put("num_users", stats.users())));
    }

    /// In a channel of a namespace that offers what is asked for.
    private Rpcs.Outcome where(
            JsonNode arguments, Predicate<Namespace> offers, BiFunction<String, Namespace, Rpcs.Outcome> answer) {
        String channel = arguments.path("channel").asText();
        Optional<Namespace> namespace = channels.namespaceOf(channel);
        if (namespace.isEmpty()) {
            return new Rpcs.Refused(ProtocolError.UNKNOWN_CHANNEL);
        }
        return offers.test(namespace.get())
                ? answer.apply(channel, namespace.get())
                : new Rpcs.Refused(ProtocolError.NOT_AVAILABLE);
    }

    private static byte[] bytes(JsonNode json) {
        return json.toString().getBytes(StandardCharsets.UTF_8);
    }
}
