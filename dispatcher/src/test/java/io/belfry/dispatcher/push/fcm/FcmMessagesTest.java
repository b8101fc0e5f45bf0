package io.belfry.dispatcher.push.fcm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.api.client.json.gson.GsonFactory;
import io.belfry.core.device.Platform;
import io.belfry.core.event.Priority;
import io.belfry.dispatcher.push.PushMessage;
import io.belfry.dispatcher.push.PushResult;
import io.belfry.testkit.fcm.FcmSimulator;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FcmMessagesTest {
    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");
    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void fillsTheAndroidBlock() throws Exception {
        JsonNode message = json(PushExamples.to("phone-1"));

        assertThat(message.path("token").asText()).isEqualTo("phone-1");
        assertThat(message.at("/notification/title").asText()).isEqualTo("Order shipped");
        assertThat(message.at("/notification/body").asText()).isEqualTo("It arrives tomorrow.");
        assertThat(message.at("/data/id").asText()).isEqualTo(PushExamples.ID.toString());
        assertThat(message.at("/data/type").asText()).isEqualTo("order.shipped");
        assertThat(message.at("/data/link").asText()).isEqualTo("https://shop.example/orders/123");
        assertThat(message.at("/android/priority").asText()).isEqualTo("high");
        assertThat(message.at("/android/ttl").asText()).isEqualTo("14400s");
        assertThat(message.at("/android/notification/tag").asText()).isEqualTo(PushExamples.ID.toString());
        assertThat(message.at("/android/notification/channel_id").asText()).isEqualTo("orders");
        assertThat(message.at("/android/notification/notification_count").asInt())
                .isEqualTo(3);
        assertThat(message.has("apns") || message.has("webpush")).isFalse();
    }

    @Test
    void fillsTheAppleBlock() throws Exception {
        JsonNode apns = json(PushExamples.push("t", Platform.IOS, Priority.NORMAL, "a", "b"))
                .path("apns");

        assertThat(apns.at("/headers/apns-collapse-id").asText()).isEqualTo(PushExamples.ID.toString());
        assertThat(apns.at("/headers/apns-priority").asText()).isEqualTo("10");
        assertThat(apns.at("/headers/apns-expiration").asText())
                .isEqualTo(String.valueOf(NOW.plus(Duration.ofHours(4)).getEpochSecond()));
        assertThat(apns.at("/payload/aps/badge").asInt()).isEqualTo(3);
        assertThat(apns.at("/payload/aps/thread-id").asText()).isEqualTo("orders");
        assertThat(apns.at("/payload/aps/sound").asText()).isEqualTo("default");
        assertThat(apns.at("/payload/aps/interruption-level").asText()).isEqualTo("active");
    }

    @Test
    void fillsTheWebBlock() throws Exception {
        JsonNode webpush = json(PushExamples.push("t", Platform.WEB, Priority.NORMAL, "a", "b"))
                .path("webpush");

        assertThat(webpush.at("/fcm_options/link").asText()).isEqualTo("https://shop.example/orders/123");
        assertThat(webpush.at("/notification/tag").asText()).isEqualTo(PushExamples.ID.toString());
        assertThat(webpush.at("/headers/TTL").asText()).isEqualTo("14400");
        assertThat(webpush.at("/headers/Topic").asText()).matches("[A-Za-z0-9_-]{32}");
        assertThat(webpush.at("/headers/Urgency").asText()).isEqualTo("normal");
    }

    @ParameterizedTest
    @CsvSource({
        "CRITICAL, high, PRIORITY_MAX, 10, time-sensitive, default, high",
        "HIGH, high, PRIORITY_HIGH, 10, time-sensitive, default, high",
        "NORMAL, high, PRIORITY_DEFAULT, 10, active, default, normal",
        "BULK, normal, PRIORITY_LOW, 5, passive, '', low",
    })
    void translatesThePriority(
            Priority priority,
            String android,
            String shown,
            String apns,
            String interruption,
            String sound,
            String urgency)
            throws Exception {
        JsonNode phone = json(PushExamples.push("t", Platform.ANDROID, priority, "a", "b"));
        JsonNode apple = json(PushExamples.push("t", Platform.IOS, priority, "a", "b"));
        JsonNode web = json(PushExamples.push("t", Platform.WEB, priority, "a", "b"));

        assertThat(phone.at("/android/priority").asText()).isEqualTo(android);
        assertThat(phone.at("/android/notification/notification_priority").asText())
                .isEqualTo(shown);
        assertThat(apple.at("/apns/headers/apns-priority").asText()).isEqualTo(apns);
        assertThat(apple.at("/apns/payload/aps/interruption-level").asText()).isEqualTo(interruption);
        assertThat(apple.at("/apns/payload/aps/sound").asText("")).isEqualTo(sound);
        assertThat(web.at("/webpush/headers/Urgency").asText()).isEqualTo(urgency);
    }

    @ParameterizedTest
    @EnumSource(Platform.class)
    void showsNothingWhereThereIsNothingToSay(Platform platform) throws Exception {
        JsonNode message = json(PushExamples.push("t", platform, Priority.HIGH, null, null));

        assertThat(message.has("notification")).isFalse();
        assertThat(message.at("/data/id").asText()).isEqualTo(PushExamples.ID.toString());
        assertThat(message.at("/android/notification").isMissingNode()).isTrue();
        if (platform == Platform.IOS) {
            assertThat(message.at("/apns/payload/aps/content-available").asInt())
                    .isEqualTo(1);
            assertThat(message.at("/apns/headers/apns-priority").asText()).isEqualTo("5");
        }
    }

    @Test
    void omitsAWebLinkThatIsNotHttps() throws Exception {
        JsonNode message = json(with("/orders/123", "orders", PushExamples.ID.toString(), "b", Platform.WEB));

        assertThat(message.at("/data/link").asText()).isEqualTo("/orders/123");
        assertThat(message.at("/webpush/fcm_options").isMissingNode()).isTrue();
    }

    @Test
    void hashesACollapseIdThatAppleWouldRefuse() throws Exception {
        String longId = "conversation/" + "x".repeat(100);

        JsonNode first = json(with(null, "orders", longId, "one", Platform.IOS));
        JsonNode second = json(with(null, "orders", longId, "two", Platform.IOS));

        String id = first.at("/apns/headers/apns-collapse-id").asText();
        assertThat(id).hasSize(43);
        assertThat(second.at("/apns/headers/apns-collapse-id").asText()).isEqualTo(id);
    }

    @ParameterizedTest
    @CsvSource({
        "ANDROID, x",
        "ANDROID, 漢",
        "ANDROID, 👩‍👩‍👧‍👦",
        "ANDROID, \"",
        "ANDROID, é",
        "IOS, x",
        "IOS, 漢",
        "IOS, 👩‍👩‍👧‍👦",
        "WEB, x",
        "WEB, 漢",
        "WEB, 👩‍👩‍👧‍👦",
    })
    void cutsTenKilobytesToWhatFcmTakes(Platform platform, String character) throws Exception {
        String body = character.repeat(10_000 / character.length());
        String link = "https://shop.example/" + "p".repeat(900);

        JsonNode plain = json(with(null, "orders", "tag", body, platform));
        JsonNode full = json(with(link, "c".repeat(256), "t".repeat(64), body, platform));

        for (JsonNode message : new JsonNode[] {plain, full}) {
            assertThat(size(message)).isLessThan(FcmMessages.MAX_PAYLOAD_BYTES);
            assertThat(message.at("/notification/body").asText()).endsWith("…");
            assertThat(message.at("/notification/title").asText()).isEqualTo("Title");
        }
        // Cut, but not more than needed.
        assertThat(size(plain)).isGreaterThan(FcmMessages.MAX_PAYLOAD_BYTES - 600);
    }

    @Test
    void sharesTheRoomBetweenALongTitleAndALongBody() throws Exception {
        JsonNode message =
                json(PushExamples.push("t", Platform.ANDROID, Priority.NORMAL, "T".repeat(9000), "b".repeat(9000)));

        assertThat(size(message)).isLessThan(FcmMessages.MAX_PAYLOAD_BYTES);
        assertThat(message.at("/notification/title").asText().length()).isBetween(900, 1300);
        assertThat(message.at("/notification/body").asText().length()).isGreaterThan(1800);
    }

    @Test
    void leavesOutNamesThatAreTooLongRatherThanCutThem() throws Exception {
        JsonNode message =
                json(with("https://a.example/" + "p".repeat(2000), "c".repeat(300), "tag", "b", Platform.ANDROID));

        assertThat(message.at("/data/link").isMissingNode()).isTrue();
        assertThat(message.at("/android/notification/channel_id").isMissingNode())
                .isTrue();
        assertThat(message.at("/data/id").asText()).isEqualTo(PushExamples.ID.toString());
    }

    @Test
    void survivesHalfACharacter() throws Exception {
        try (FcmSimulator simulator = new FcmSimulator(0);
                FcmProvider provider = new FcmProvider(
                        PushExamples.settings(simulator.url(), null, 2),
                        Clock.systemUTC(),
                        new SimpleMeterRegistry())) {
            PushResult result = provider.send(
                    PushExamples.push("t", Platform.ANDROID, Priority.NORMAL, "cut \uD83D", "漢字 \uDE00 👩‍👩‍👧‍👦"));

            assertThat(result).isInstanceOf(PushResult.Accepted.class);
            assertThat(simulator.messages().getFirst().title()).isEqualTo("cut \uFFFD");
            assertThat(simulator.messages().getFirst().body()).isEqualTo("漢字 \uFFFD 👩‍👩‍👧‍👦");
        }
    }

    @Test
    void capsTheTimeToLiveAtFourWeeks() throws Exception {
        PushMessage push = PushExamples.to("t");
        JsonNode message = json(new PushMessage(
                "t",
                Platform.ANDROID,
                push.notificationId(),
                push.type(),
                "a",
                "b",
                null,
                OptionalInt.empty(),
                "tag",
                "orders",
                Priority.NORMAL,
                Duration.ofDays(90)));

        assertThat(message.at("/android/ttl").asText()).isEqualTo("2419200s");
        assertThat(message.at("/android/notification/notification_count").isMissingNode())
                .isTrue();
    }

    private static PushMessage with(String link, String category, String collapseId, String body, Platform platform) {
        return new PushMessage(
                "a".repeat(163),
                platform,
                PushExamples.ID,
                "order.shipped",
                "Title",
                body,
                link,
                OptionalInt.of(Integer.MAX_VALUE),
                collapseId,
                category,
                Priority.CRITICAL,
                Duration.ofDays(28));
    }

    private static JsonNode json(PushMessage push) throws IOException {
        return JSON.readTree(GsonFactory.getDefaultInstance().toByteArray(FcmMessages.of(push, NOW)));
    }

    private static int size(JsonNode message) {
        ObjectNode withoutToken = message.deepCopy();
        withoutToken.remove("token");
        return withoutToken.toString().getBytes(StandardCharsets.UTF_8).length;
    }
}
