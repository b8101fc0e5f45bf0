package io.belfry.standalone.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/// A client of the Centrifuge protocol v2 in JSON, just enough to follow server-side subscriptions: it connects,
/// answers pings, and remembers where it was, so that the next connection recovers what came between. Not
/// thread-safe.
final class LiveStream {
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration REPLY_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration PING_GRACE = Duration.ofSeconds(10);

    private final ObjectMapper json = new ObjectMapper();
    private final URI uri;
    private final Supplier<String> tokens;
    private final TailOutput output;
    private final Map<String, Position> positions = new HashMap<>();

    /// Where the stream is in a channel.
    private record Position(String epoch, long offset) {}

    /// Why a connection is over.
    sealed interface End {
        /// Nobody wants more.
        record Enough() implements End {}

        /// Trying again is useless.
        record Refused(String reason) implements End {}

        /// Trying again is right.
        record Lost(String reason, boolean wasConnected) implements End {}
    }

    /// @param tokens gives a token for each connection
    LiveStream(URI uri, Supplier<String> tokens, TailOutput output) {
        this.uri = uri;
        this.tokens = tokens;
        this.output = output;
    }

    /// Connects and follows until the connection ends.
    End follow() throws InterruptedException {
        try (HttpClient client =
                HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build()) {
            SocketMessages messages = new SocketMessages();
            WebSocket socket;
            try {
                socket = client.newWebSocketBuilder()
                        .connectTimeout(CONNECT_TIMEOUT)
                        .buildAsync(uri, messages)
                        .join();
            } catch (CompletionException failure) {
                return new End.Lost("no Belfry answers at " + uri + " (" + failure.getCause() + ")", false);
            }
            try {
                return converse(socket, messages);
            } finally {
                socket.abort();
                client.shutdownNow();
            }
        }
    }

    private End converse(WebSocket socket, SocketMessages messages) throws InterruptedException {
        Duration patience = REPLY_TIMEOUT;
        boolean connected = false;
        socket.sendText(connectCommand(), true).join();
        while (!output.hasEnough()) {
            switch (messages.next(patience)) {
                case SocketMessages.Silence() -> {
                    return new End.Lost("the server is silent", connected);
                }
                case SocketMessages.Closed(int code, String reason) -> {
                    return closed(code, reason, connected);
                }
                case SocketMessages.Text(String frame) -> {
                    for (String line : frame.split("\n")) {
                        JsonNode reply = parsed(line);
                        if (reply.isEmpty()) {
                            socket.sendText("{}", true).join();
                        } else if (reply.has("error")) {
                            return refusal(reply.path("error"));
                        } else if (reply.has("connect")) {
                            connected = true;
                            patience = Duration.ofSeconds(
                                            reply.path("connect").path("ping").asLong(25))
                                    .plus(PING_GRACE);
                            begin(reply.path("connect").path("subs"));
                        } else {
                            push(reply.path("push"));
                        }
                    }
                }
            }
        }
        return new End.Enough();
    }

    private JsonNode parsed(String line) {
        try {
            return json.readTree(line);
        } catch (JsonProcessingException malformed) {
            output.note("the server sent something that is not JSON");
            return json.createObjectNode().put("ignored", true);
        }
    }

    private String connectCommand() {
        ObjectNode connect = json.createObjectNode().put("token", tokens.get()).put("name", "belfry-tail");
        if (!positions.isEmpty()) {
            ObjectNode subs = connect.putObject("subs");
            positions.forEach((channel, position) -> subs.putObject(channel)
                    .put("recover", true)
                    .put("epoch", position.epoch())
                    .put("offset", position.offset()));
        }
        return json.createObjectNode().put("id", 1).set("connect", connect).toString();
    }

    private void begin(JsonNode subscriptions) {
        output.note("following " + String.join(", ", (Iterable<String>) subscriptions::fieldNames));
        subscriptions.properties().forEach(entry -> {
            JsonNode subscription = entry.getValue();
            Position before = positions.get(entry.getKey());
            positions.put(
                    entry.getKey(),
                    new Position(
                            subscription.path("epoch").asText(),
                            subscription.path("offset").asLong()));
            if (before != null && !subscription.path("recovered").asBoolean()) {
                output.note("too much happened meanwhile: some of " + entry.getKey() + " is not shown");
            }
            subscription.path("publications").forEach(publication -> publication(entry.getKey(), publication));
        });
    }

    private void push(JsonNode push) {
        if (push.has("pub")) {
            publication(push.path("channel").asText(), push.path("pub"));
        }
    }

    private void publication(String channel, JsonNode publication) {
        Position position = positions.get(channel);
        if (position != null && publication.has("offset")) {
            positions.put(
                    channel,
                    new Position(position.epoch(), publication.path("offset").asLong()));
        }
        output.publication(publication.path("data"));
    }

    private static End refusal(JsonNode error) {
        int code = error.path("code").asInt();
        String reason = error.path("message").asText() + " (" + code + ")";
        boolean worthRetrying = error.path("temporary").asBoolean();
        return worthRetrying ? new End.Lost(reason, false) : new End.Refused(reason);
    }

    /// The protocol's rule: 3500–3999 and 4500–4999 are final.
    private static End closed(int code, String reason, boolean connected) {
        boolean terminal = code >= 3500 && code < 4000 || code >= 4500 && code < 5000;
        String text = "closed: " + (reason.isEmpty() ? "no reason" : reason) + " (" + code + ")";
        return terminal ? new End.Refused(text) : new End.Lost(text, connected);
    }
}
