package io.belfry.dispatcher.push.fcm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.belfry.dispatcher.push.PushResult;
import io.belfry.dispatcher.push.PushResult.Accepted;
import io.belfry.dispatcher.push.PushResult.Ambiguous;
import io.belfry.dispatcher.push.PushResult.ProviderDown;
import io.belfry.dispatcher.push.PushResult.Rejected;
import io.belfry.dispatcher.push.PushResult.RetryAfter;
import io.belfry.dispatcher.push.PushResult.Scope;
import io.belfry.dispatcher.push.PushResult.TokenDead;
import io.belfry.testkit.fcm.Failure;
import io.belfry.testkit.fcm.FcmSimulator;
import io.belfry.testkit.fcm.ReceivedMessage;
import io.belfry.testkit.fcm.Script;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micronaut.context.exceptions.ConfigurationException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What each answer of FCM comes out as, and that one send is one request.
class FcmProviderTest {
    private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    private FcmSimulator simulator;
    private FcmProvider provider;

    @BeforeEach
    void start() {
        simulator = new FcmSimulator(0);
        provider = provider(null);
    }

    @AfterEach
    void stop() {
        provider.close();
        simulator.close();
    }

    private FcmProvider provider(String credentials) {
        return new FcmProvider(PushExamples.settings(simulator.url(), credentials, 8), Clock.systemUTC(), metrics);
    }

    @Test
    void sendsAndNamesTheMessage() throws Exception {
        PushResult result = provider.send(PushExamples.to("phone-1"));

        ReceivedMessage received = simulator.messagesTo("phone-1").getFirst();
        assertThat(result).isEqualTo(new Accepted(received.messageId()));
        assertThat(received.title()).isEqualTo("Order shipped");
        assertThat(received.data("id")).isEqualTo(PushExamples.ID.toString());
        assertThat(metrics.timer("belfry.push.send", "provider", "fcm", "result", "accepted")
                        .count())
                .isEqualTo(1);
    }

    static Stream<Arguments> answers() {
        Duration two = Duration.ofSeconds(2);
        return Stream.of(
                row(Script.fail(Failure.UNREGISTERED), new TokenDead("404 UNREGISTERED")),
                row(Script.fail(Failure.BARE_NOT_FOUND), new ProviderDown("status 404: check belfry.push.project-id")),
                row(Script.fail(Failure.INVALID_TOKEN), new TokenDead("400 INVALID_ARGUMENT")),
                row(Script.fail(Failure.INVALID_ARGUMENT), new Rejected("400 INVALID_ARGUMENT")),
                row(Script.fail(Failure.TOO_BIG), new Rejected("400 INVALID_ARGUMENT")),
                row(
                        Script.fail(Failure.SENDER_ID_MISMATCH),
                        new Rejected("403 SENDER_ID_MISMATCH: token of another Firebase project")),
                row(
                        Script.fail(Failure.PERMISSION_DENIED),
                        new ProviderDown("403 PERMISSION_DENIED: check the service account's permissions")),
                row(
                        Script.fail(Failure.UNAUTHENTICATED),
                        new ProviderDown("401 UNAUTHENTICATED: check belfry.push.credentials")),
                row(
                        Script.fail(Failure.THIRD_PARTY_AUTH_ERROR),
                        new RetryAfter(Duration.ofMinutes(5), Scope.DEVICE, "401 THIRD_PARTY_AUTH_ERROR")),
                row(
                        Script.fail(Failure.QUOTA_EXCEEDED).retryAfter(two),
                        new RetryAfter(two, Scope.DEVICE, "429 QUOTA_EXCEEDED")),
                row(
                        Script.fail(Failure.QUOTA_EXCEEDED),
                        new RetryAfter(Duration.ofSeconds(60), Scope.DEVICE, "429 QUOTA_EXCEEDED")),
                row(
                        Script.fail(Failure.RATE_LIMITED).retryAfter(two),
                        new RetryAfter(two, Scope.PROVIDER, "429 RESOURCE_EXHAUSTED")),
                row(
                        Script.fail(Failure.UNAVAILABLE).retryAfter(two),
                        new RetryAfter(two, Scope.PROVIDER, "503 UNAVAILABLE")),
                row(Script.fail(Failure.UNAVAILABLE), new ProviderDown("503 UNAVAILABLE")),
                row(Script.fail(Failure.INTERNAL), new ProviderDown("500 INTERNAL")),
                row(Script.fail(Failure.BAD_GATEWAY), new Ambiguous("status 502")),
                row(Script.status(504), new Ambiguous("status 504")),
                row(Script.status(501), new ProviderDown("status 501")),
                row(Script.status(413), new Rejected("status 413")),
                row(Script.status(302), new ProviderDown("status 302")),
                row(Script.status(200), new Ambiguous("the SDK failed: IllegalArgumentException")),
                row(Script.hang(), new Ambiguous("answer lost: SocketTimeoutException")),
                row(Script.drop().delivering(), new Ambiguous("answer lost: NoHttpResponseException")),
                row(Script.reset().delivering(), new Ambiguous("answer lost: SocketException")),
                row(Script.cut().delivering(), new Ambiguous("answer lost: ConnectionClosedException")));
    }

    private static Arguments row(Script script, PushResult result) {
        return Arguments.of(script, result);
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @MethodSource("answers")
    void asksOnceAndTellsWhatTheAnswerMeans(Script script, PushResult expected) throws Exception {
        provider.send(PushExamples.to("warm-up"));
        simulator.clear();
        simulator.script(script.always());
        long start = System.nanoTime();

        PushResult result = provider.send(PushExamples.to("phone-1"));

        assertThat(result).isEqualTo(expected);
        assertThat(simulator.messages()).hasSize(1);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(8));
    }

    @Test
    void isOutOfReachRatherThanAmbiguousWhenNobodyListens() throws Exception {
        simulator.close();

        assertThat(provider.send(PushExamples.to("phone-1")))
                .isEqualTo(new ProviderDown("no connection: HttpHostConnectException"));
    }

    @Test
    void noticesAConnectionThatDiedWhileIdle() throws Exception {
        int port = simulator.port();
        provider.send(PushExamples.to("phone-1"));
        simulator.close();
        simulator = new FcmSimulator(port);

        // Which of the two depends on whether the kernel had told of the end by then; neither claims it was not sent
        // when it may have been, and neither sends twice.
        PushResult result = provider.send(PushExamples.to("phone-2"));

        assertThat(result).isInstanceOfAny(Accepted.class, Ambiguous.class);
        assertThat(simulator.messagesTo("phone-2")).hasSizeLessThanOrEqualTo(1);
        assertThat(provider.send(PushExamples.to("phone-3"))).isInstanceOf(Accepted.class);
    }

    @Test
    void sendsNothingWhenInterruptedBeforeItsTurn() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> provider.send(PushExamples.to("phone-1"))).isInstanceOf(InterruptedException.class);
        assertThat(simulator.messages()).isEmpty();
    }

    @Test
    void replacesADuplicateOnThePhone() throws Exception {
        simulator.script(Script.drop().delivering());

        provider.send(PushExamples.to("phone-1"));
        provider.send(PushExamples.to("phone-1"));

        assertThat(simulator.messagesTo("phone-1")).hasSize(2).allMatch(ReceivedMessage::delivered);
        assertThat(simulator.shownOn("phone-1")).hasSize(1);
    }

    @Test
    void answersAreShortOfTokensAndContent() throws Exception {
        simulator.script(Script.fail(Failure.INVALID_ARGUMENT));

        PushResult result = provider.send(PushExamples.to("phone-secret"));

        assertThat(result.toString()).doesNotContain("phone-secret", "123", "Order");
        assertThat(PushExamples.to("phone-secret").toString()).doesNotContain("phone-secret", "Order");
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:9099", "ftp://a.example", "not a url"})
    void refusesAnEndpointThatIsNone(String endpoint) {
        assertThatThrownBy(() -> new FcmProvider(PushExamples.settings(endpoint, null, 8), Clock.systemUTC(), metrics))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("belfry.push.endpoint: " + endpoint);
    }

    @Test
    void saysWhichCredentialsAreMissingOrWrong(@TempDir Path directory) throws Exception {
        Path wrong = Files.writeString(
                directory.resolve("wrong.json"), "{\"type\":\"service_account\",\"private_key\":\"s3cret\"}");

        assertThatThrownBy(() -> provider(directory.resolve("none.json").toString()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("none.json: no such file");
        assertThatThrownBy(() -> provider(wrong.toString()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("not readable as a service account's JSON")
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void signsInWithAServiceAccount(@TempDir Path directory) throws Exception {
        try (FcmProvider signedIn = provider(account(directory))) {
            assertThat(signedIn.send(PushExamples.to("phone-1"))).isInstanceOf(Accepted.class);
            assertThat(simulator.messages().getFirst().project()).isEqualTo("acme");
        }
    }

    @Test
    void renewsARevokedAccessTokenOnce(@TempDir Path directory) throws Exception {
        try (FcmProvider signedIn = provider(account(directory))) {
            signedIn.send(PushExamples.to("phone-1"));
            simulator.revokeTokens();
            simulator.clear();

            assertThat(signedIn.send(PushExamples.to("phone-1"))).isInstanceOf(Accepted.class);
            assertThat(simulator.messages()).extracting(ReceivedMessage::status).containsExactly(401, 200);

            simulator.clear();
            simulator.script(Script.fail(Failure.UNAUTHENTICATED).always());
            assertThat(signedIn.send(PushExamples.to("phone-1"))).isInstanceOf(ProviderDown.class);
            assertThat(simulator.messages()).hasSize(2);
        }
    }

    @Test
    void isDownWithoutWaitingWhenTheTokenEndpointIs(@TempDir Path directory) throws Exception {
        try (FcmProvider signedIn = provider(account(directory))) {
            simulator.script(Script.fail(Failure.UNAVAILABLE).onTokenEndpoint().always());
            long start = System.nanoTime();

            assertThat(signedIn.send(PushExamples.to("phone-1")))
                    .isEqualTo(
                            new ProviderDown("no access token: check belfry.push.credentials and the way to Google"));

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
            assertThat(simulator.messages()).isEmpty();
        }
    }

    private String account(Path directory) throws Exception {
        Path file = directory.resolve("account.json");
        Files.writeString(file, simulator.serviceAccount("acme"));
        return file.toString();
    }
}
