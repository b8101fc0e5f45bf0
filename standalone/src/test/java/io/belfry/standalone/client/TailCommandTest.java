package io.belfry.standalone.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.belfry.standalone.Invocation;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TailCommandTest {
    private static final String SECRET = "0123456789abcdef0123456789abcdef";
    private static final String CONNECTED =
            "{\"id\":1,\"connect\":{\"client\":\"c\",\"ping\":25,\"pong\":true,\"subs\":{\"inbox\":"
                    + "{\"recoverable\":true,\"positioned\":true,\"epoch\":\"e1\",\"offset\":7}}}}";

    private static String notification(int offset, String title) {
        return "{\"push\":{\"channel\":\"inbox\",\"pub\":{\"data\":" + data(title) + ",\"offset\":" + offset + "}}}";
    }

    private static String data(String title) {
        return "{\"kind\":\"notification\",\"notification\":{\"id\":\"n\",\"type\":\"comment.created\",\"title\":\""
                + title + "\",\"body\":\"of it\",\"createdAt\":\"2026-01-02T03:04:05Z\",\"data\":{\"n\":1}},"
                + "\"counts\":{\"total\":1,\"unread\":3,\"unseen\":1}}";
    }

    private static Invocation tail(ScriptedGateway gateway, String... more) {
        String[] fixed = {"tail", "alice", "--url", gateway.url(), "--secret", SECRET};
        return Invocation.of(Stream.concat(Stream.of(fixed), Stream.of(more)).toArray(String[]::new));
    }

    @Test
    void printsWhatArrivesAndAnswersPings() {
        try (ScriptedGateway gateway = new ScriptedGateway(List.of(
                List.of(CONNECTED, "{}"), List.of(notification(8, "First") + "\n" + notification(9, "Second"))))) {
            Invocation call = tail(gateway, "--count", "2");

            assertThat(call.exitCode()).isZero();
            assertThat(call.out().lines()).hasSize(2);
            assertThat(call.out()).contains("comment.created  First — of it  {\"n\":1}  (3 unread)", "Second");
            assertThat(gateway.heard()).hasSize(2).last().isEqualTo("{}");
        }
    }

    @Test
    void recoversWhatItMissedWhenTheServerGoesAway() throws Exception {
        String recovered = "{\"id\":1,\"connect\":{\"client\":\"d\",\"ping\":25,\"pong\":true,\"subs\":{\"inbox\":"
                + "{\"recoverable\":true,\"positioned\":true,\"epoch\":\"e1\",\"offset\":8,\"was_recovering\":true,"
                + "\"recovered\":true,\"publications\":[{\"data\":" + data("Missed") + ",\"offset\":9}]}}}}";
        try (ScriptedGateway gateway = new ScriptedGateway(
                List.of(List.of(CONNECTED, notification(8, "Seen"), "close 3001 shutdown"), List.of(recovered)))) {
            Invocation call = tail(gateway, "--count", "2", "--json");

            assertThat(call.exitCode()).isZero();
            assertThat(call.out().lines()).containsExactly(data("Seen"), data("Missed"));
            assertThat(call.err()).contains("shutdown (3001); trying again");
            JsonNode again =
                    new ObjectMapper().readTree(gateway.heard().getLast()).path("connect");
            assertThat(again.path("subs").path("inbox"))
                    .isEqualTo(new ObjectMapper().readTree("{\"recover\":true,\"epoch\":\"e1\",\"offset\":8}"));
        }
    }

    @Test
    void saysSoWhenTooMuchWasMissed() {
        String lost = CONNECTED.replace("\"offset\":7", "\"offset\":900,\"was_recovering\":true,\"recovered\":false");
        try (ScriptedGateway gateway = new ScriptedGateway(
                List.of(List.of(CONNECTED, "close 3010 insufficient"), List.of(lost, notification(901, "Next"))))) {
            Invocation call = tail(gateway, "--count", "1");

            assertThat(call.err()).contains("some of inbox is not shown");
            assertThat(call.out()).contains("Next");
        }
    }

    @Test
    void endsWhenTheServerWillNotHaveIt() {
        try (ScriptedGateway gateway = new ScriptedGateway(List.of(List.of("close 3500 invalid token")))) {
            Invocation call = tail(gateway);

            assertThat(call.exitCode()).isEqualTo(1);
            assertThat(call.err()).contains("invalid token (3500)");
        }
    }

    @Test
    void endsWhenTheConnectCommandIsRefused() {
        try (ScriptedGateway gateway = new ScriptedGateway(
                List.of(List.of("{\"id\":1,\"error\":{\"code\":103,\"message\":\"permission denied\"}}")))) {
            Invocation call = tail(gateway);

            assertThat(call.exitCode()).isEqualTo(1);
            assertThat(call.err()).contains("permission denied (103)");
        }
    }

    @Test
    void controlCharactersDoNotReachTheTerminal() {
        try (ScriptedGateway gateway =
                new ScriptedGateway(List.of(List.of(CONNECTED, notification(8, "\\u001b[2Jgone @|red x|@"))))) {
            Invocation call = tail(gateway, "--count", "1");

            assertThat(call.out()).doesNotContain("\u001b").contains("gone @ |red x| @");
        }
    }
}
