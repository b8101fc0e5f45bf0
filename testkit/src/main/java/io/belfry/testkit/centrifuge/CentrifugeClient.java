package io.belfry.testkit.centrifuge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// An unmodified Centrifuge SDK, npm's `centrifuge` unless another is named, in a process of its own, which can be
/// frozen. What it tells is kept in order and can be waited for. Safe for use by several threads.
///
/// ```java
/// try (CentrifugeClient client = CentrifugeClient.to("ws://127.0.0.1:8080/connection/websocket").token(jwt).start()) {
///     client.connect();
///     client.await("a notification", () -> !client.publications("inbox").isEmpty());
/// }
/// ```
public final class CentrifugeClient implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final SdkProgram program;
    private final Optional<SdkPrograms> home;
    private final List<JsonNode> events = new ArrayList<>();
    private int lastRef;

    private CentrifugeClient(SdkProgram program, Optional<SdkPrograms> home) {
        this.program = program;
        this.home = home;
        program.listen(this::told, this::wake);
    }

    /// @param url of the WebSocket endpoint
    public static Builder to(String url) {
        return new Builder(url);
    }

    /// How the client is made.
    public static final class Builder {
        private final ObjectNode options = JSON.createObjectNode();
        private List<String> program = List.of();
        private final Map<String, String> environment = new HashMap<>();
        private Optional<SdkPrograms> home = Optional.empty();

        private Builder(String url) {
            options.put("url", url);
        }

        public Builder token(String token) {
            options.put("token", token);
            return this;
        }

        /// It speaks Protobuf instead of JSON.
        public Builder protobuf() {
            options.put("protobuf", true);
            return this;
        }

        /// npm's `centrifuge` of that major, the last release: 3, 4 or 5.
        public Builder major(int major) {
            options.put("major", major);
            return this;
        }

        /// Another SDK: a program that obeys and tells as `client.mjs` does.
        public Builder program(List<String> command) {
            program = List.copyOf(command);
            return this;
        }

        /// It trusts this certificate of the server's, too.
        ///
        /// @param certificate in PEM
        public Builder trusting(Path certificate) {
            environment.put("NODE_EXTRA_CA_CERTS", certificate.toString());
            return this;
        }

        /// Names the installation of the app.
        public Builder device(String deviceId) {
            options.withObject("/data").put("deviceId", deviceId);
            return this;
        }

        /// @param locale a BCP 47 tag
        public Builder locale(String locale) {
            options.withObject("/data").put("locale", locale);
            return this;
        }

        /// It asks for a new token when it needs one, and gets the one last given to [CentrifugeClient#renewToken].
        public Builder refreshingToken() {
            options.put("refreshes", true);
            return this;
        }

        /// How soon it comes back; the SDK's own default is 500 ms and more.
        public Builder reconnectDelay(Duration least, Duration most) {
            options.put("minReconnectDelay", least.toMillis()).put("maxReconnectDelay", most.toMillis());
            return this;
        }

        /// It is hosted by one of these programs, which stays for others when it ends. Such a client must not be
        /// suspended.
        public Builder hostedBy(SdkPrograms programs) {
            home = Optional.of(programs);
            return this;
        }

        /// Starts the process, if need be. The client does not connect by itself.
        public CentrifugeClient start() {
            SdkProgram host = home.map(programs -> programs.take(program))
                    .orElseGet(() -> SdkProgram.start(program, environment));
            var client = new CentrifugeClient(host, home);
            client.send(JSON.createObjectNode().put("do", "begin").set("options", options));
            client.awaitEvent("ready");
            return client;
        }
    }

    /// Connects, and waits until it is connected and has told of its server-side subscriptions.
    public CentrifugeClient connect() {
        int before = events("settled").size();
        startConnecting();
        await("connection", () -> events("settled").size() > before);
        return this;
    }

    /// Begins to connect, and does not wait.
    public void startConnecting() {
        send(JSON.createObjectNode().put("do", "connect"));
    }

    /// Disconnects, and waits until it is disconnected. Positions are kept for the next [#connect].
    public void disconnect() {
        int before = events("disconnected").size();
        send(JSON.createObjectNode().put("do", "disconnect"));
        await("end of the connection", () -> events("disconnected").size() > before);
    }

    /// What a client that asks for a new token gets from now on.
    public void renewToken(String token) {
        send(JSON.createObjectNode().put("do", "token").put("token", token));
    }

    /// Calls a method, and waits for the answer.
    ///
    /// @param data JSON
    /// @return `{"data":…}` or `{"error":{"code","message"}}`
    public JsonNode rpc(String method, String data) {
        try {
            ObjectNode command = JSON.createObjectNode().put("do", "rpc").put("method", method);
            return ask(command.set("data", JSON.readTree(data)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Asks who is in a channel.
    ///
    /// @return `{"data":[{"user","client","connInfo","chanInfo"}]}` or `{"error":{"code","message"}}`
    public JsonNode presence(String channel) {
        return ask(JSON.createObjectNode().put("do", "presence").put("channel", channel));
    }

    /// Asks how many are in a channel.
    ///
    /// @return `{"data":{"numClients","numUsers"}}` or `{"error":{"code","message"}}`
    public JsonNode presenceStats(String channel) {
        return ask(JSON.createObjectNode().put("do", "presenceStats").put("channel", channel));
    }

    private JsonNode ask(ObjectNode command) {
        int ref;
        synchronized (events) {
            ref = ++lastRef;
        }
        send(command.put("ref", ref));
        return awaitEvent(event -> event.path("ref").asInt() == ref, "an answer to " + command);
    }

    /// Subscribes to a channel from the client's side, and asks to be told of those who come and go.
    public void subscribe(String channel) {
        send(JSON.createObjectNode().put("do", "subscribe").put("channel", channel));
    }

    /// The same with a token, which the SDK asks for when it needs one. It gets the one last given for the channel.
    public void subscribe(String channel, String token) {
        renewToken(channel, token);
        subscribe(channel);
    }

    /// What the SDK gets from now on that asks for a token for a channel.
    public void renewToken(String channel, String token) {
        send(JSON.createObjectNode()
                .put("do", "channelToken")
                .put("channel", channel)
                .put("token", token));
    }

    public void unsubscribe(String channel) {
        send(JSON.createObjectNode().put("do", "unsubscribe").put("channel", channel));
    }

    /// Everything that the client told so far, oldest first.
    public List<JsonNode> events() {
        synchronized (events) {
            return List.copyOf(events);
        }
    }

    public List<JsonNode> events(String name) {
        return events().stream()
                .filter(event -> event.path("event").asText().equals(name))
                .toList();
    }

    /// The publications of a channel, recovered ones included: `{"channel","data","offset"}`.
    public List<JsonNode> publications(String channel) {
        return events("publication").stream()
                .filter(event -> event.path("channel").asText().equals(channel))
                .toList();
    }

    public List<Long> offsets(String channel) {
        return publications(channel).stream()
                .map(p -> p.path("offset").asLong())
                .toList();
    }

    /// The last thing that the client told of its subscription to a channel: `recovered`, `wasRecovering`,
    /// `streamPosition`, `data` …
    public JsonNode subscription(String channel) {
        return events("subscribed").stream()
                .filter(event -> event.path("channel").asText().equals(channel))
                .reduce((first, second) -> second)
                .orElseGet(JSON::missingNode);
    }

    /// Waits for the first event of that name.
    public JsonNode awaitEvent(String name) {
        return awaitEvent(event -> event.path("event").asText().equals(name), name);
    }

    private JsonNode awaitEvent(Predicate<JsonNode> wanted, String what) {
        await(what, () -> events().stream().anyMatch(wanted));
        return events().stream().filter(wanted).findFirst().orElseThrow();
    }

    /// A state of the client.
    @FunctionalInterface
    public interface Condition {
        boolean holds();
    }

    /// Waits until a condition on the events holds.
    ///
    /// @throws AssertionError after 20 s, with all that the client told
    public void await(String what, Condition condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        synchronized (events) {
            while (!condition.holds()) {
                long left = deadline - System.nanoTime();
                if (left <= 0 || !program.isAlive()) {
                    throw new AssertionError("no " + what + "; the client told " + events);
                }
                try {
                    TimeUnit.NANOSECONDS.timedWait(events, left);
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                    throw new AssertionError("interrupted while waiting for " + what, interrupted);
                }
            }
        }
    }

    /// Freezes the process: its sockets stay open, and nobody reads them.
    public void suspend() {
        signal("STOP");
    }

    public void resume() {
        signal("CONT");
    }

    public long pid() {
        return program.pid();
    }

    /// Ends the process at once, as a crash would; or the client, where others are to come.
    @Override
    public void close() {
        if (home.isEmpty() || !program.isAlive()) {
            program.kill();
            return;
        }
        send(JSON.createObjectNode().put("do", "end"));
        awaitEvent("ended");
        home.get().giveBack(program);
    }

    private void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(program.pid()))
                    .start()
                    .waitFor();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void send(JsonNode command) {
        program.send(command);
    }

    private void told(JsonNode event) {
        synchronized (events) {
            events.add(event);
            events.notifyAll();
        }
    }

    private void wake() {
        synchronized (events) {
            events.notifyAll();
        }
    }
}
