package io.belfry.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.RedisServer;
import io.belfry.testkit.TestDatabase;
import io.belfry.testkit.websocket.RawWebSocket;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/// Event streams: what comes over them, how they are resumed, and under which guards they stand.
@ExtendWith({PostgresExtension.class, RedisExtension.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StreamTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final TestDatabase database;
    private final RedisServer redis;
    private final GatewayNode node;

    StreamTest(TestDatabase database, RedisServer redis) {
        this.database = database;
        this.redis = redis;
        node = GatewayNode.start(
                database,
                redis.url(),
                Map.of(
                        "belfry.gateway.ping", "1s",
                        "belfry.gateway.slow-timeout", "1s",
                        "belfry.gateway.limits.connections-per-user", "2",
                        "belfry.gateway.allowed-origins", "https://app.example.com"));
    }

    @AfterAll
    void stop() {
        http.close();
        node.close();
    }

    private static String user() {
        return "stream-" + UUID.randomUUID();
    }

    private record Event(String name, String id, String retry, JsonNode data) {}

    /// Reads events when asked.
    private final class Stream implements AutoCloseable {
        private final HttpResponse<InputStream> response;
        private final BufferedReader lines;

        Stream(GatewayNode at, String query, String... headers) {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + at.port() + StreamController.PATH + query));
            if (headers.length > 0) {
                request.headers(headers);
            }
            try {
                response = http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
                lines = new BufferedReader(new InputStreamReader(response.body()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }

        int status() {
            return response.statusCode();
        }

        String header(String name) {
            return response.headers().firstValue(name).orElse("");
        }

        /// The next event that is no ping.
        Event next() {
            Event event = any();
            while (event.name.equals("ping")) {
                event = any();
            }
            return event;
        }

        Event any() {
            String name = "";
            String id = "";
            String retry = "";
            String data = "";
            try {
                for (String line = lines.readLine(); ; line = lines.readLine()) {
                    if (line == null) {
                        throw new AssertionError("the stream has ended");
                    } else if (line.isEmpty()) {
                        return new Event(name, id, retry, JSON.readTree(data));
                    } else {
                        String value = line.substring(line.indexOf(' ') + 1);
                        switch (line.substring(0, line.indexOf(':'))) {
                            case "event" -> name = value;
                            case "id" -> id = value;
                            case "retry" -> retry = value;
                            case "data" -> data = value;
                            default -> throw new AssertionError(line);
                        }
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        List<Event> next(int count) {
            var events = new ArrayList<Event>();
            while (events.size() < count) {
                events.add(next());
            }
            return events;
        }

        boolean isAtEnd() {
            try {
                return lines.readLine() == null;
            } catch (IOException reset) {
                return true;
            }
        }

        @Override
        public void close() {
            try {
                response.body().close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private Stream open(String user, String... headers) {
        var all = new ArrayList<>(List.of("Authorization", "Bearer " + node.token(user)));
        all.addAll(List.of(headers));
        return new Stream(node, "", all.toArray(String[]::new));
    }

    private static List<Long> offsets(List<Event> events) {
        return events.stream()
                .map(e -> e.data().at("/notification/offset").asLong())
                .toList();
    }

    private static List<Long> range(long from, long to) {
        return LongStream.rangeClosed(from, to).boxed().toList();
    }

    @Test
    void aStreamBringsWhatIsPublishedAndResumesBehindTheLastEvent() {
        String user = user();
        String last;
        try (Stream stream = open(user)) {
            assertThat(stream.status()).isEqualTo(200);
            assertThat(stream.header("Content-Type")).isEqualTo("text/event-stream");
            assertThat(stream.header("Cache-Control")).isEqualTo("no-store");
            Event ready = stream.next();
            assertThat(ready.name()).isEqualTo("ready");
            assertThat(ready.data().path("userId").asText()).isEqualTo(user);
            assertThat(Long.parseLong(ready.retry())).isBetween(1_000L, 2_000L);
            node.inbound().send(user, 20);
            List<Event> events = stream.next(20);
            assertThat(events).allMatch(e -> e.name().equals("notification"));
            assertThat(offsets(events)).isEqualTo(range(1, 20));
            last = events.get(11).id();
        }
        node.inbound().send(user, 1);
        try (Stream stream = open(user, "Last-Event-ID", last)) {
            assertThat(stream.next().data().path("recovered").asBoolean()).isTrue();
            assertThat(offsets(stream.next(9))).isEqualTo(range(13, 21));
            node.inbound().send(user, 1);
            Event live = stream.next();
            assertThat(offsets(List.of(live))).containsExactly(22L);
            last = live.id();
        }
        try (Stream stream =
                new Stream(node, "?last_event_id=" + last, "Authorization", "Bearer " + node.token(user))) {
            assertThat(stream.next().data().path("recovered").asBoolean()).isTrue();
            node.inbound().send(user, 1);
            assertThat(offsets(List.of(stream.next()))).containsExactly(23L);
        }
    }

    @Test
    void whoMissedTooMuchOrComesFromElsewhereIsToldToReload() {
        String user = user();
        String first;
        try (Stream stream = open(user)) {
            first = stream.next().id();
        }
        node.inbound().send(user, 301);
        for (String position : List.of(first, "not-ours", "0000000000.5.5")) {
            try (Stream stream = open(user, "Last-Event-ID", position)) {
                Event ready = stream.next();
                assertThat(ready.data().path("recovered").asBoolean()).isFalse();
                assertThat(ready.data().path("offset").asInt()).isEqualTo(301);
                assertThat(stream.next().name()).as(position).isEqualTo("resync");
            }
        }
    }

    @Test
    void announcementsComeOverItAndHavePlacesInItsIds() {
        String user = user();
        var waves = new Waves(node);
        String last;
        try (Stream stream = open(user)) {
            stream.next();
            waves.send(waves.broadcast("First"));
            Event event = stream.next();
            assertThat(event.name()).isEqualTo("announcement");
            last = event.id();
        }
        waves.send(waves.broadcast("Second"));
        node.inbound().send(user, 1);
        try (Stream stream = open(user, "Last-Event-ID", last)) {
            List<Event> events = stream.next(3);
            assertThat(events).extracting(Event::name).containsExactly("ready", "notification", "announcement");
            assertThat(events.get(2).data().at("/announcement/title").asText()).isEqualTo("Second");
        }
    }

    @Test
    void itIsPingedAndProvesNothing() {
        String user = user();
        try (Stream stream = new Stream(node, "?device_id=browser", "Authorization", "Bearer " + node.token(user))) {
            stream.next();
            node.inbound().sendWithPush(user, 1);
            stream.next();
            assertThat(stream.any().name()).isEqualTo("ping");
            assertThat(stream.any().name()).isEqualTo("ping");
            assertThat(node.inbound().receivedBy(user, "browser")).isZero();
        }
        await().untilAsserted(() ->
                assertThat(node.inbound().duePushes(user)).as("pushed soon").containsExactly(1L));
    }

    // Who may -----------------------------------------------------------------------------------------------------

    @Test
    void whoHasNoTokenIsRefusedWithAStatus() {
        for (String token : List.of("", "x.y.z", node.token("u", Duration.ofMinutes(-5)))) {
            try (Stream stream = new Stream(node, "", "Authorization", "Bearer " + token)) {
                assertThat(stream.status()).isEqualTo(401);
                assertThat(stream.header("WWW-Authenticate")).isEqualTo("Bearer");
            }
        }
        try (Stream stream = new Stream(node, "?access_token=" + node.token("u") + "&token=" + node.token("u"))) {
            assertThat(stream.status()).as("no token in a URL").isEqualTo(401);
        }
    }

    @Test
    void aTicketLetsInOnce() throws Exception {
        String user = user();
        String ticket = ticket(node.token(user), 201).path("ticket").asText();
        try (Stream stream = new Stream(node, "?ticket=" + ticket)) {
            assertThat(stream.next().data().path("userId").asText()).isEqualTo(user);
            node.inbound().send(user, 1);
            assertThat(stream.next().name()).isEqualTo("notification");
        }
        for (String used : List.of(ticket, "A".repeat(32), "short")) {
            try (Stream stream = new Stream(node, "?ticket=" + used)) {
                assertThat(stream.status()).isEqualTo(401);
            }
        }
        assertThat(ticket("x.y.z", 401).path("status").asInt()).isEqualTo(401);
    }

    private JsonNode ticket(String token, int status) throws IOException, InterruptedException {
        HttpResponse<byte[]> response = http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.port() + "/v1/tickets"))
                        .header("Authorization", "Bearer " + token)
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
        assertThat(response.statusCode()).isEqualTo(status);
        return JSON.readTree(response.body());
    }

    @Test
    void pagesOfOtherOriginsAreRefusedAndAllowedOnesMayRead() {
        assertThat(asPage("https://evil.example").status()).isEqualTo(403);
        RawWebSocket.Response allowed = asPage("https://app.example.com");
        assertThat(allowed.status()).isEqualTo(200);
        assertThat(allowed.headers()).containsEntry("access-control-allow-origin", "https://app.example.com");
    }

    /// Asks as a page of that origin does of a public host; of `localhost`, Micronaut refuses all.
    private RawWebSocket.Response asPage(String origin) {
        RawWebSocket.Opening request = RawWebSocket.to(node.port(), StreamController.PATH)
                .header("Host", "belfry.example.com")
                .header("Upgrade", null)
                .header("Connection", null)
                .header("Authorization", "Bearer " + node.token(user()))
                .header("Origin", origin);
        try (RawWebSocket socket = request.connect()) {
            return socket.request(request);
        }
    }

    // Guards ------------------------------------------------------------------------------------------------------

    @Test
    void oneStreamTooManyEndsAnotherForGood() {
        String user = user();
        try (Stream first = open(user)) {
            first.next();
            try (Stream second = open(user);
                    Stream third = open(user)) {
                second.next();
                third.next();
                Event close = first.next();
                assertThat(close.name()).isEqualTo("close");
                assertThat(close.data().path("code").asInt()).isEqualTo(3504);
                assertThat(Long.parseLong(close.retry())).isEqualTo(3_600_000);
                assertThat(first.isAtEnd()).isTrue();
            }
        }
    }

    @Test
    void aStreamThatIsNotReadIsClosedAndHoldsLittle() {
        String user = user();
        int before = node.closes(3008);
        RawWebSocket.Opening request = RawWebSocket.to(node.port(), StreamController.PATH)
                .header("Upgrade", null)
                .header("Authorization", "Bearer " + node.token(user))
                .receiveBuffer(16_384);
        try (RawWebSocket socket = request.connect()) {
            assertThat(socket.request(request).status()).isEqualTo(200);
            node.inbound().sendLarge(user, 40, 20_000);
            await().untilAsserted(() -> {
                assertThat(node.outboundBytes(user)).allMatch(bytes -> bytes < 200_000);
                assertThat(node.closes(3008)).isEqualTo(before + 1);
            });
            socket.readToEnd();
        }
    }

    @Test
    void aNodeThatStopsSaysWhenToComeBackAndTakesNoMore() {
        String user = user();
        try (GatewayNode stopping = GatewayNode.start(database, redis.url(), Map.of("belfry.gateway.drain", "100ms"));
                Stream stream = new Stream(stopping, "", "Authorization", "Bearer " + node.token(user))) {
            String id = stream.next().id();
            stopping.bean(Drain.class).begin().join();
            Event close = stream.next();
            assertThat(close.data().path("code").asInt()).isEqualTo(3001);
            assertThat(Long.parseLong(close.retry())).isBetween(1_000L, 2_000L);
            assertThat(stream.isAtEnd()).isTrue();
            try (Stream late = new Stream(stopping, "", "Authorization", "Bearer " + node.token(user))) {
                assertThat(late.status()).isEqualTo(503);
            }
            node.inbound().send(user, 2);
            try (Stream elsewhere = open(user, "Last-Event-ID", id)) {
                elsewhere.next();
                assertThat(offsets(elsewhere.next(2))).isEqualTo(range(1, 2));
            }
        }
    }
}
