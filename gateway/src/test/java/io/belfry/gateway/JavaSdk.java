package io.belfry.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.centrifugal.centrifuge.Client;
import io.github.centrifugal.centrifuge.ConnectedEvent;
import io.github.centrifugal.centrifuge.ConnectingEvent;
import io.github.centrifugal.centrifuge.ConnectionTokenEvent;
import io.github.centrifugal.centrifuge.ConnectionTokenGetter;
import io.github.centrifugal.centrifuge.DisconnectedEvent;
import io.github.centrifugal.centrifuge.ErrorEvent;
import io.github.centrifugal.centrifuge.EventListener;
import io.github.centrifugal.centrifuge.Options;
import io.github.centrifugal.centrifuge.ReplyError;
import io.github.centrifugal.centrifuge.ServerPublicationEvent;
import io.github.centrifugal.centrifuge.ServerSubscribedEvent;
import io.github.centrifugal.centrifuge.ServerUnsubscribedEvent;
import io.github.centrifugal.centrifuge.TokenCallback;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/// One unmodified client of Centrifuge's Java SDK as a program, which speaks Protobuf and is driven by lines as the
/// testkit's `client.mjs` is.
final class JavaSdk extends EventListener {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Client client;
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
        options.setMinReconnectDelay(wanted.path("minReconnectDelay").asInt(500));
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
        var sdk = new JavaSdk(JSON.readTree(arguments[arguments.length - 1]));
        say("ready", JSON.createObjectNode());
        try (var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                sdk.obey(JSON.readTree(line));
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
            default -> throw new IllegalArgumentException(command.toString());
        }
    }

    private void call(JsonNode command) {
        byte[] data = command.path("data").toString().getBytes(StandardCharsets.UTF_8);
        ObjectNode answer =
                JSON.createObjectNode().put("ref", command.path("ref").asInt());
        client.rpc(command.path("method").asText(), data, (failure, result) -> {
            if (failure instanceof ReplyError error) {
                answer.withObject("/error").put("code", error.getCode()).put("message", error.getMessage());
            } else if (failure != null) {
                answer.withObject("/error").put("message", failure.toString());
            } else {
                answer.set("data", read(result.getData()));
            }
            say("answer", answer);
        });
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
