package io.belfry.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.centrifugal.centrifuge.Client;
import io.github.centrifugal.centrifuge.ConnectedEvent;
import io.github.centrifugal.centrifuge.ConnectingEvent;
import io.github.centrifugal.centrifuge.ConnectionTokenEvent;
import io.github.centrifugal.centrifuge.ConnectionTokenGetter;
import io.github.centrifugal.centrifuge.DisconnectedEvent;
import io.github.centrifugal.centrifuge.DuplicateSubscriptionException;
import io.github.centrifugal.centrifuge.ErrorEvent;
import io.github.centrifugal.centrifuge.EventListener;
import io.github.centrifugal.centrifuge.JoinEvent;
import io.github.centrifugal.centrifuge.LeaveEvent;
import io.github.centrifugal.centrifuge.Options;
import io.github.centrifugal.centrifuge.PublicationEvent;
import io.github.centrifugal.centrifuge.ReplyError;
import io.github.centrifugal.centrifuge.ResultCallback;
import io.github.centrifugal.centrifuge.ServerPublicationEvent;
import io.github.centrifugal.centrifuge.ServerSubscribedEvent;
import io.github.centrifugal.centrifuge.ServerUnsubscribedEvent;
import io.github.centrifugal.centrifuge.SubscribedEvent;
import io.github.centrifugal.centrifuge.Subscription;
import io.github.centrifugal.centrifuge.SubscriptionErrorEvent;
import io.github.centrifugal.centrifuge.SubscriptionEventListener;
import io.github.centrifugal.centrifuge.SubscriptionOptions;
import io.github.centrifugal.centrifuge.SubscriptionTokenEvent;
import io.github.centrifugal.centrifuge.SubscriptionTokenGetter;
import io.github.centrifugal.centrifuge.TokenCallback;
import io.github.centrifugal.centrifuge.UnsubscribedEvent;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/// One unmodified client of Centrifuge's Java SDK as a program, which speaks Protobuf and is driven by lines as the
/// testkit's `client.mjs` is.
final class JavaSdk extends EventListener {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static final long END_MILLIS = 2_000;

    private final Client client;
    private final Map<String, String> channelTokens = new ConcurrentHashMap<>();
    private final int minDelay;
    private volatile String token;

    private JavaSdk(JsonNode wanted) {
        token = wanted.path("token").asText();
        var options = new Options();
        options.setToken(token);
        if (wanted.path("refreshes").asBoolean()) {
            options.setTokenGetter(new ConnectionTokenGetter() {
                @Override
                public void getConnectionToken(ConnectionTokenEvent event, TokenCallback callback) {
                    say("tokenWanted", JSON.createObjectNode());
                    callback.Done(null, token);
                }
            });
        }
        if (wanted.has("data")) {
            options.setData(wanted.path("data").toString().getBytes(StandardCharsets.UTF_8));
        }
        minDelay = wanted.path("minReconnectDelay").asInt(500);
        options.setMinReconnectDelay(minDelay);
        options.setMaxReconnectDelay(wanted.path("maxReconnectDelay").asInt(20_000));
        client = new Client(wanted.path("url").asText(), options, this);
    }

    /// How to start it.
    static List<String> program() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-cp",
                System.getProperty("java.class.path"),
                JavaSdk.class.getName());
    }

    public static void main(String[] arguments) throws IOException {
        JavaSdk sdk = null;
        try (var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode command = JSON.readTree(line);
                if (command.path("do").asText().equals("begin")) {
                    sdk = new JavaSdk(command.path("options"));
                    say("ready", JSON.createObjectNode());
                } else {
                    sdk.obey(command);
                }
            }
        }
        System.exit(0);
    }

    private void obey(JsonNode command) {
        switch (command.path("do").asText()) {
            case "connect" -> client.connect();
            case "disconnect" -> client.disconnect();
            case "token" -> token = command.path("token").asText();
            case "rpc" -> call(command);
            case "channelToken" ->
                channelTokens.put(
                        command.path("channel").asText(), command.path("token").asText());
            case "subscribe" -> subscribe(command.path("channel").asText());
            case "unsubscribe" ->
                client.getSubscription(command.path("channel").asText()).unsubscribe();
            case "end" -> end();
            case "presence" -> presence(command);
            case "presenceStats" -> presenceStats(command);
            default -> throw new IllegalArgumentException(command.toString());
        }
    }

    /// Nothing of this client may be told once the next one has begun.
    private void end() {
        client.disconnect();
        try {
            client.close(END_MILLIS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        say("ended", JSON.createObjectNode());
    }

    private void call(JsonNode command) {
        byte[] data = command.path("data").toString().getBytes(StandardCharsets.UTF_8);
        client.rpc(command.path("method").asText(), data, answering(command, result -> read(result.getData())));
    }

    private void presence(JsonNode command) {
        client.presence(command.path("channel").asText(), answering(command, result -> {
            ArrayNode clients = JSON.createArrayNode();
            result.getClients().values().forEach(info -> clients.add(info(info)));
            return clients;
        }));
    }

    private void presenceStats(JsonNode command) {
        client.presenceStats(command.path("channel").asText(), answering(command, result -> JSON.createObjectNode()
                .put("numClients", result.getNumClients())
                .put("numUsers", result.getNumUsers())));
    }

    private static <T> ResultCallback<T> answering(JsonNode command, Function<T, JsonNode> data) {
        ObjectNode answer =
                JSON.createObjectNode().put("ref", command.path("ref").asInt());
        return (failure, result) -> {
            if (failure instanceof ReplyError error) {
                answer.withObject("/error").put("code", error.getCode()).put("message", error.getMessage());
            } else if (failure != null) {
                answer.withObject("/error").put("message", failure.toString());
            } else {
                answer.set("data", data.apply(result));
            }
            say("answer", answer);
        };
    }

    private static ObjectNode info(io.github.centrifugal.centrifuge.ClientInfo info) {
        ObjectNode told = JSON.createObjectNode().put("user", info.getUser()).put("client", info.getClient());
        told.set("connInfo", read(info.getConnInfo()));
        told.set("chanInfo", read(info.getChanInfo()));
        return told;
    }

    private void subscribe(String channel) {
        var options = new SubscriptionOptions();
        options.setJoinLeave(true);
        options.setMinResubscribeDelay(minDelay);
        if (channelTokens.containsKey(channel)) {
            options.setTokenGetter(new SubscriptionTokenGetter() {
                @Override
                public void getSubscriptionToken(SubscriptionTokenEvent event, TokenCallback callback) {
                    say("channelTokenWanted", JSON.createObjectNode().put("channel", channel));
                    callback.Done(null, channelTokens.get(channel));
                }
            });
        }
        try {
            client.newSubscription(channel, options, new Telling()).subscribe();
        } catch (DuplicateSubscriptionException e) {
            throw new IllegalArgumentException(channel, e);
        }
    }

    /// Tells what becomes of a subscription of the client's own.
    private static final class Telling extends SubscriptionEventListener {
        private static ObjectNode of(Subscription subscription) {
            return JSON.createObjectNode().put("channel", subscription.getChannel());
        }

        @Override
        public void onSubscribed(Subscription which, SubscribedEvent event) {
            say(
                    "clientSubscribed",
                    of(which).put("recovered", event.getRecovered()).put("wasRecovering", event.wasRecovering()));
        }

        @Override
        public void onUnsubscribed(Subscription which, UnsubscribedEvent event) {
            say("clientUnsubscribed", of(which).put("code", event.getCode()).put("reason", event.getReason()));
        }

        @Override
        public void onError(Subscription which, SubscriptionErrorEvent event) {
            ObjectNode error = of(which);
            error.withObject("/error").put("message", String.valueOf(event.getError()));
            say("subscriptionError", error);
        }

        @Override
        public void onPublication(Subscription which, PublicationEvent event) {
            ObjectNode publication = of(which).put("offset", event.getOffset());
            publication.set("data", read(event.getData()));
            say("publication", publication);
        }

        @Override
        public void onJoin(Subscription which, JoinEvent event) {
            say("join", of(which).set("info", info(event.getInfo())));
        }

        @Override
        public void onLeave(Subscription which, LeaveEvent event) {
            say("leave", of(which).set("info", info(event.getInfo())));
        }
    }

    @Override
    public void onConnecting(Client which, ConnectingEvent event) {
        say("connecting", JSON.createObjectNode().put("code", event.getCode()).put("reason", event.getReason()));
    }

    @Override
    public void onConnected(Client which, ConnectedEvent event) {
        say("connected", JSON.createObjectNode().put("client", event.getClient()));
    }

    @Override
    public void onDisconnected(Client which, DisconnectedEvent event) {
        say("disconnected", JSON.createObjectNode().put("code", event.getCode()).put("reason", event.getReason()));
    }

    @Override
    public void onError(Client which, ErrorEvent event) {
        ObjectNode error = JSON.createObjectNode();
        error.withObject("/error").put("message", String.valueOf(event.getError()));
        say("error", error);
    }

    @Override
    public void onSubscribed(Client which, ServerSubscribedEvent event) {
        ObjectNode subscribed = JSON.createObjectNode()
                .put("channel", event.getChannel())
                .put("recovered", event.getRecovered())
                .put("wasRecovering", event.wasRecovering());
        subscribed.set("data", read(event.getData()));
        say("subscribed", subscribed);
        if (event.getChannel().equals(ClientChannel.ANNOUNCEMENTS.label())) {
            // The SDK tells of its subscriptions in the order of the reply, so this is the last.
            say("settled", JSON.createObjectNode());
        }
    }

    @Override
    public void onUnsubscribed(Client which, ServerUnsubscribedEvent event) {
        say("unsubscribed", JSON.createObjectNode().put("channel", event.getChannel()));
    }

    @Override
    public void onPublication(Client which, ServerPublicationEvent event) {
        ObjectNode publication =
                JSON.createObjectNode().put("channel", event.getChannel()).put("offset", event.getOffset());
        publication.set("data", read(event.getData()));
        say("publication", publication);
    }

    private static JsonNode read(byte[] data) {
        try {
            return data == null || data.length == 0 ? JSON.nullNode() : JSON.readTree(data);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void say(String event, ObjectNode detail) {
        synchronized (System.out) {
            System.out.println(detail.put("event", event));
        }
    }
}
