package io.belfry.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.belfry.testkit.websocket.RawWebSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.function.Predicate;

/// A client of the protocol that does only what the test says: it reads when asked, and answers no ping by itself. For
/// one thread.
final class RawClient implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final RawWebSocket socket;
    private final ArrayDeque<JsonNode> messages = new ArrayDeque<>();
    private int lastId;

    RawClient(RawWebSocket socket) {
        this.socket = socket;
    }

    static RawClient open(GatewayNode node) {
        return new RawClient(node.socket().open());
    }

    /// Opens a connection and is let in.
    static RawClient connect(GatewayNode node, String user) {
        RawClient client = open(node);
        client.connect("{\"token\":\"" + node.token(user) + "\"}");
        return client;
    }

    static RawClient connect(GatewayNode node, String user, String device) {
        RawClient client = open(node);
        client.connect("{\"token\":\"" + node.token(user) + "\",\"data\":{\"deviceId\":\"" + device + "\"}}");
        return client;
    }

    RawWebSocket socket() {
        return socket;
    }

    /// @param request the connect command
    /// @return its reply: `connect` or `error`
    JsonNode connect(String request) {
        return call("connect", request);
    }

    JsonNode rpc(String method, String data) {
        return call("rpc", "{\"method\":\"" + method + "\",\"data\":" + data + "}");
    }

    /// Sends a command, and reads up to its reply. What comes before it is kept: a change may be published before the
    /// call that made it is answered, or after.
    JsonNode call(String command, String request) {
        int id = ++lastId;
        socket.sendText("{\"id\":" + id + ",\"" + command + "\":" + request + "}");
        var before = new ArrayDeque<JsonNode>();
        JsonNode message = next();
        while (message.path("id").asInt() != id) {
            before.add(message);
            message = next();
        }
        while (!before.isEmpty()) {
            messages.addFirst(before.pollLast());
        }
        return message;
    }

    void pong() {
        socket.sendText("{}");
    }

    /// The next message: a reply, a push, or a ping, which is empty.
    JsonNode next() {
        while (messages.isEmpty()) {
            RawWebSocket.Frame frame = socket.read();
            if (frame.isClose()) {
                throw new AssertionError("closed with " + frame.code() + " " + frame.reason());
            }
            frame.text().lines().map(RawClient::read).forEach(messages::add);
        }
        return messages.poll();
    }

    JsonNode next(Predicate<JsonNode> wanted) {
        JsonNode message = next();
        while (!wanted.test(message)) {
            message = next();
        }
        return message;
    }

    /// The offset of the next publication of the inbox; other messages are dropped.
    long nextOffset() {
        return next(m -> m.at("/push/channel").asText().equals("inbox"))
                .at("/push/pub/offset")
                .asLong();
    }

    /// Reads up to the close frame.
    ///
    /// @return its code
    int closeCode() {
        return socket.readClose().code();
    }

    /// Sends what ends the connection with that code.
    void closeAfter(String message, int code) {
        socket.sendText(message);
        int closed = closeCode();
        if (closed != code) {
            throw new AssertionError("closed with " + closed + " (expected: " + code + ")");
        }
    }

    private static JsonNode read(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Resets the connection.
    @Override
    public void close() {
        socket.close();
    }
}
