package io.belfry.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.belfry.core.inbox.Written;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.RedisServer;
import io.belfry.testkit.TestDatabase;
import io.belfry.testkit.centrifuge.CentrifugeClient;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What clients can call, what they are answered, and what their other devices hear of it.
@ExtendWith({PostgresExtension.class, RedisExtension.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RpcTest {
    private final GatewayNode node;

    RpcTest(TestDatabase database, RedisServer redis) {
        node = GatewayNode.start(database, redis.url());
    }

    @AfterAll
    void stop() {
        node.close();
    }

    @Test
    void theListComesInPagesNewestFirst() {
        node.inbound().write("lists", 5);
        try (RawClient client = RawClient.connect(node, "lists")) {
            var offsets = new ArrayList<Long>();
            JsonNode page = client.rpc("inbox.list", "{\"limit\":2}").at("/rpc/data");
            assertThat(page.path("offset").asLong()).isEqualTo(5);
            assertThat(page.at("/counts/unread").asInt()).isEqualTo(5);
            assertThat(page.path("announcements").isArray()).isTrue();
            while (true) {
                page.path("items")
                        .forEach(item -> offsets.add(item.path("offset").asLong()));
                if (!page.has("nextCursor")) {
                    break;
                }
                page = client.rpc(
                                "inbox.list",
                                "{\"limit\":2,\"cursor\":\""
                                        + page.path("nextCursor").asText() + "\"}")
                        .at("/rpc/data");
            }
            assertThat(offsets).containsExactly(5L, 4L, 3L, 2L, 1L);
        }
    }

    @Test
    void anItemHasTheseFields() {
        Written written = node.inbound().write("fields", 1).getFirst();
        try (RawClient client = RawClient.connect(node, "fields")) {
            JsonNode item = client.rpc("inbox.list", "{}").at("/rpc/data/items/0");

            var names = new ArrayList<String>();
            item.fieldNames().forEachRemaining(names::add);
            assertThat(names)
                    .containsExactly(
                            "id",
                            "offset",
                            "type",
                            "category",
                            "priority",
                            "title",
                            "body",
                            "createdAt",
                            "read",
                            "seen",
                            "data");
            assertThat(item.path("id").asText())
                    .isEqualTo(written.notification().id().toString());
            assertThat(item.path("data").toString()).isEqualTo("{\"n\":1}");
        }
    }

    @Test
    void whatIsReadIsReadOnAllDevicesWithTheCountsOfThatOffset() {
        List<Written> written = node.inbound().write("marks", 3);
        try (CentrifugeClient sdk = node.client("marks").start().connect();
                RawClient other = RawClient.connect(node, "marks")) {
            String id = written.getFirst().notification().id().toString();
            JsonNode answer =
                    sdk.rpc("inbox.markRead", "{\"ids\":[\"" + id + "\"]}").path("data");
            assertThat(answer.at("/counts/unread").asInt()).isEqualTo(2);
            assertThat(answer.path("offset").asLong()).isEqualTo(4);

            JsonNode read = publication(other);
            assertThat(read.path("offset").asLong()).isEqualTo(4);
            assertThat(read.at("/data/kind").asText()).isEqualTo("read");
            assertThat(read.at("/data/ids/0").asText()).isEqualTo(id);
            assertThat(read.at("/data/counts/unread").asInt()).isEqualTo(2);

            sdk.rpc("inbox.markSeen", "{\"upTo\":3}");
            JsonNode seen = publication(other);
            assertThat(seen.at("/data/kind").asText()).isEqualTo("seenThrough");
            assertThat(seen.at("/data/offset").asLong()).isEqualTo(3);
            assertThat(seen.at("/data/counts/unseen").asInt()).isZero();

            sdk.rpc("inbox.markRead", "{\"upTo\":3}");
            JsonNode all = publication(other);
            assertThat(all.at("/data/kind").asText()).isEqualTo("readThrough");
            assertThat(all.at("/data/counts/unread").asInt()).isZero();
            sdk.await("its own acts", () -> sdk.offsets("inbox").equals(List.of(4L, 5L, 6L)));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyActIsHeardByTheOtherDevicesAndCaughtUpByThoseThatWereAway(boolean isProtobuf) {
        String user = "states-" + isProtobuf;
        List<Written> written = node.inbound().write(user, 3);
        String first = "{\"ids\":[\"" + written.get(0).notification().id() + "\"]";
        String second = "{\"ids\":[\"" + written.get(1).notification().id() + "\"]";
        CentrifugeClient.Builder builder = node.client(user);
        try (CentrifugeClient sdk =
                (isProtobuf ? builder.protobuf() : builder).start().connect()) {
            String until = "\"until\":\"" + Instant.now().plusSeconds(3600) + "\"";
            sdk.rpc("inbox.markRead", first + "}");
            sdk.rpc("inbox.markUnread", first + "}");
            sdk.rpc("inbox.archive", first + "}");
            sdk.rpc("inbox.unarchive", first + "}");
            sdk.rpc("inbox.snooze", second + "," + until + "}");
            sdk.rpc("inbox.unsnooze", second + "}");
            sdk.rpc("inbox.acknowledge", second + "}");
            JsonNode last = sdk.rpc("inbox.archive", first + "}").path("data");
            assertThat(last.at("/counts").toString()).isEqualTo("{\"total\":2,\"unread\":1,\"unseen\":1}");

            sdk.await("all acts", () -> sdk.offsets("inbox").size() == 8);
            assertThat(sdk.offsets("inbox")).containsExactly(4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L);
            assertThat(sdk.publications("inbox"))
                    .extracting(p -> p.at("/data/kind").asText())
                    .containsExactly(
                            "read",
                            "unread",
                            "archived",
                            "notification",
                            "snoozed",
                            "notification",
                            "acknowledged",
                            "archived");
            assertThat(sdk.rpc("inbox.list", "{\"archived\":true}").at("/data/items"))
                    .hasSize(1);
            assertThat(sdk.rpc("inbox.list", "{\"unread\":true,\"category\":\"general\"}")
                            .at("/data/items"))
                    .hasSize(1);

            sdk.disconnect();
            node.inbound().write(user, 1);
            sdk.connect();
            sdk.await("what it missed", () -> sdk.offsets("inbox").contains(12L));
        }
    }

    @Test
    void anActTwiceIsAnActOnce() {
        List<Written> written = node.inbound().write("twice", 2);
        String ids = "{\"ids\":[\"" + written.getFirst().notification().id() + "\"]}";
        try (RawClient client = RawClient.connect(node, "twice")) {
            for (String[] call : new String[][] {
                {"inbox.markRead", ids}, {"inbox.markRead", "{\"upTo\":2}"}, {"inbox.markSeen", "{\"upTo\":2}"}
            }) {
                JsonNode once = client.rpc(call[0], call[1]).at("/rpc/data");
                JsonNode twice = client.rpc(call[0], call[1]).at("/rpc/data");
                assertThat(twice).as(call[0]).isEqualTo(once);
            }
        }
    }

    @Test
    void nobodyReadsOrMarksWhatIsAnothers() {
        List<Written> written = node.inbound().write("owner", 1);
        try (RawClient thief = RawClient.connect(node, "thief")) {
            assertThat(thief.rpc("inbox.list", "{}").at("/rpc/data/items")).isEmpty();
            thief.rpc(
                    "inbox.markRead",
                    "{\"ids\":[\"" + written.getFirst().notification().id() + "\"]}");
        }
        try (RawClient owner = RawClient.connect(node, "owner")) {
            JsonNode page = owner.rpc("inbox.list", "{}").at("/rpc/data");
            assertThat(page.at("/items/0/read").asBoolean()).isFalse();
            assertThat(page.path("offset").asLong()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "inbox.list             | {\"limit\":0}          | 107 | limit: 0 (expected: 1 to 100)",
                "inbox.list             | {\"limit\":101}        | 107 | limit: 101 (expected: 1 to 100)",
                "inbox.list             | {\"limit\":1.5}        | 107 | limit: 1.5 (expected: 1 to 100)",
                "inbox.list             | {\"limit\":\"many\"}   | 107 | limit: \"many\" (expected: 1 to 100)",
                "inbox.list             | {\"cursor\":\"x\"}     | 107 | cursor: \"x\" (expected: the nextCursor of a page)",
                "inbox.list             | {\"cursor\":7}         | 107 | cursor: 7 (expected: the nextCursor of a page)",
                "inbox.list             | []                     | 107 | the arguments (expected: an object)",
                "inbox.markRead         | {}                     | 107 | ids: missing (expected: a list of at most 1000)",
                "inbox.markRead         | {\"ids\":\"all\"}      | 107 | ids: \"all\" (expected: a list of at most 1000)",
                "inbox.markRead         | {\"ids\":[\"x\"]}      | 107 | ids: \"x\" (expected: a UUID)",
                "inbox.markRead         | {\"upTo\":-1}          | 107 | upTo: -1 (expected: an offset)",
                "inbox.markSeen         | {}                     | 107 | upTo: missing (expected: an offset)",
                "inbox.markSeen         | {\"upTo\":1.5}         | 107 | upTo: 1.5 (expected: an offset)",
                "announcements.markRead | {\"ids\":[null]}       | 107 | ids: null (expected: a UUID)",
            })
    void aWrongArgumentIsToldWithWhatWasExpected(String method, String data, int code, String fault) {
        try (RawClient client = RawClient.connect(node, "mistaken")) {
            JsonNode error = client.rpc(method, data).path("error");
            assertThat(error.path("code").asInt()).isEqualTo(code);
            assertThat(error.path("message").asText()).isEqualTo("bad request: " + fault);
            assertThat(client.rpc("inbox.counts", "{}").has("rpc"))
                    .as("the connection lives on")
                    .isTrue();
        }
    }

    @Test
    void aMethodThatDoesNotExistIsTold() {
        try (CentrifugeClient client = node.client("curious").start().connect()) {
            assertThat(client.rpc("inbox.burn", "{}").at("/error/code").asInt()).isEqualTo(104);
            assertThat(client.rpc("", "{}").at("/error/code").asInt()).isEqualTo(104);
        }
    }

    @Test
    void aThousandIdsAreEnough() {
        try (RawClient client = RawClient.connect(node, "bulk")) {
            String thousand = Stream.generate(() -> "\"" + UUID.randomUUID() + "\"")
                    .limit(1_000)
                    .collect(Collectors.joining(","));
            assertThat(client.rpc("inbox.markRead", "{\"ids\":[" + thousand + "]}")
                            .has("rpc"))
                    .isTrue();
            JsonNode error = client.rpc("inbox.markRead", "{\"ids\":[" + thousand + ",\"" + UUID.randomUUID() + "\"]}")
                    .path("error");
            assertThat(error.path("code").asInt()).isEqualTo(107);
        }
    }

    private static JsonNode publication(RawClient client) {
        return client.next(m -> m.has("push")).at("/push/pub");
    }
}
