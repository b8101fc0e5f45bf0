package io.belfry.dispatcher.push.fcm;

import com.google.api.client.json.gson.GsonFactory;
import com.google.auth.oauth2.AccessToken;
import com.google.firebase.FirebaseApp;
import com.google.firebase.FirebaseOptions;
import com.google.firebase.messaging.FirebaseMessaging;
import com.google.firebase.messaging.FirebaseMessagingException;
import com.google.firebase.messaging.Message;
import io.belfry.dispatcher.push.PushMessage;
import io.belfry.dispatcher.push.PushProvider;
import io.belfry.dispatcher.push.PushResult;
import io.belfry.dispatcher.push.PushSettings;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micronaut.context.exceptions.ConfigurationException;
import io.micronaut.core.annotation.Nullable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends through Firebase Cloud Messaging. The SDK builds and signs the request; timeouts, limits and the meaning of
/// answers are ours. At most `belfry.push.max-in-flight` pushes are under way, on the callers' own threads: the SDK's
/// pool of 100 threads with its endless queue is never used.
///
/// Metrics: `belfry.push.send` (time and count by result), `belfry.push.in.flight`, `belfry.push.waiting`.
final class FcmProvider implements PushProvider, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FcmProvider.class);

    private final Clock clock;
    private final MeterRegistry metrics;
    private final FcmTransport transport;
    private final FcmCredentials credentials;
    private final FirebaseApp app;
    private final FirebaseMessaging messaging;
    private final Semaphore turns;

    FcmProvider(PushSettings settings, Clock clock, MeterRegistry metrics) {
        this.clock = clock;
        this.metrics = metrics;
        String endpoint = endpoint(settings.endpoint());
        transport = new FcmTransport(settings, endpoint);
        credentials = settings.credentials() == null || settings.credentials().isBlank()
                ? FcmCredentials.unchecked()
                : FcmCredentials.read(Path.of(settings.credentials()), transport);
        app = FirebaseApp.initializeApp(
                FirebaseOptions.builder()
                        .setCredentials(credentials.google())
                        .setProjectId(projectId(settings.projectId(), credentials))
                        .setHttpTransport(transport)
                        .setJsonFactory(GsonFactory.getDefaultInstance())
                        .setConnectTimeout((int) settings.connectTimeout().toMillis())
                        .setReadTimeout((int) settings.readTimeout().toMillis())
                        .build(),
                // The SDK keeps its apps in a static map by name.
                "belfry-" + UUID.randomUUID());
        messaging = FirebaseMessaging.getInstance(app);
        turns = new Semaphore(settings.maxInFlight(), true);
        Gauge.builder("belfry.push.in.flight", turns, t -> settings.maxInFlight() - t.availablePermits())
                .register(metrics);
        Gauge.builder("belfry.push.credentials", credentials, FcmCredentials::standing)
                .description("1: accepted by Google; 0: not asked yet; -1: refused, or could not be asked")
                .register(metrics);
        Gauge.builder("belfry.push.waiting", turns, Semaphore::getQueueLength).register(metrics);
        LOG.info(
                "Pushing through {}, at most {} at a time",
                endpoint == null ? "FCM" : "an FCM stand-in at " + endpoint,
                settings.maxInFlight());
    }

    @Nullable
    private static String endpoint(@Nullable String endpoint) {
        if (endpoint == null || endpoint.isBlank()) {
            return null;
        }
        try {
            URI uri = URI.create(endpoint);
            if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                return endpoint;
            }
        } catch (IllegalArgumentException e) {
            // Said below.
        }
        throw new ConfigurationException("belfry.push.endpoint: " + endpoint
                + " (expected: an http or https URL, such as http://localhost:9099)");
    }

    private static String projectId(@Nullable String configured, FcmCredentials credentials) {
        if (configured != null && !configured.isBlank()) {
            return configured;
        }
        // A stand-in has no projects to tell apart.
        return credentials.projectId() == null ? "belfry" : credentials.projectId();
    }

    @Override
    public String name() {
        return "fcm";
    }

    @Override
    public PushResult send(PushMessage push) throws InterruptedException {
        turns.acquire();
        try {
            Timer.Sample sample = Timer.start(metrics);
            PushResult result = attempt(push);
            sample.stop(metrics.timer("belfry.push.send", "provider", name(), "result", label(result)));
            return result;
        } finally {
            turns.release();
        }
    }

    private PushResult attempt(PushMessage push) {
        Message message;
        try {
            message = FcmMessages.of(push, clock.instant());
        } catch (RuntimeException e) {
            LOG.error("A push could not be made into an FCM message; it is not retried", e);
            return new PushResult.Rejected("bug: " + e.getClass().getSimpleName());
        }
        try {
            return accepted(sendSignedIn(message));
        } catch (FirebaseMessagingException e) {
            return failed(e);
        } catch (RuntimeException e) {
            // The SDK does that, for one, to a success without a body: what it then has sent is sent.
            LOG.warn("firebase-admin failed on an answer; the push counts as ambiguous", e);
            return new PushResult.Ambiguous("the SDK failed: " + e.getClass().getSimpleName());
        }
    }

    /// A refused access token is renewed once; no other answer is a reason to send again.
    @Nullable
    private String sendSignedIn(Message message) throws FirebaseMessagingException {
        AccessToken token = credentials.current();
        try {
            return messaging.send(message);
        } catch (FirebaseMessagingException e) {
            if (e.getCause() instanceof SendFailure failure
                    && FcmVerdict.isUnauthenticated(failure)
                    && credentials.renew(token)) {
                return messaging.send(message);
            }
            throw e;
        }
    }

    private static PushResult accepted(@Nullable String messageId) {
        return messageId == null
                ? new PushResult.Ambiguous("a success that names no message")
                : new PushResult.Accepted(messageId);
    }

    private PushResult failed(FirebaseMessagingException e) {
        if (e.getCause() instanceof SendFailure failure) {
            return FcmVerdict.of(failure, clock.instant());
        }
        // With a response: a success that is no JSON. Without: there was no access token to send it with.
        return e.getHttpResponse() == null
                ? new PushResult.ProviderDown("no access token: check belfry.push.credentials and the way to Google")
                : new PushResult.Ambiguous("a success that is not FCM's");
    }

    private static String label(PushResult result) {
        return switch (result) {
            case PushResult.Accepted _ -> "accepted";
            case PushResult.TokenDead _ -> "token_dead";
            case PushResult.Rejected _ -> "rejected";
            case PushResult.RetryAfter _ -> "retry_after";
            case PushResult.ProviderDown _ -> "provider_down";
            case PushResult.Ambiguous _ -> "ambiguous";
        };
    }

    /// Ends the connections; pushes still under way end as ambiguous.
    @Override
    public void close() {
        app.delete();
        try {
            transport.shutdown();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
