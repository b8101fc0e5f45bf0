package io.belfry.standalone.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.belfry.core.inbox.NotificationId;
import io.micronaut.context.annotation.Requires;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Header;
import io.micronaut.http.annotation.Post;
import io.micronaut.runtime.server.EmbeddedServer;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.rules.SecurityRule;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Provider;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.UUID;

/// Sends the demo page's events as a service of the host would: to `POST /v1/events`, with the demo's API key, which
/// stays on this side.
@Controller("/demo")
@Secured(SecurityRule.IS_ANONYMOUS)
@Requires(property = "belfry.demo.enabled", value = "true")
@ExecuteOn(TaskExecutors.BLOCKING)
final class DemoEvents {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final DemoSettings settings;
    private final Provider<EmbeddedServer> server;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    DemoEvents(DemoSettings settings, Provider<EmbeddedServer> server) {
        this.settings = settings;
        this.server = server;
    }

    /// Answers what `POST /v1/events` answers, and with a 202 also how long that took and which notifications will
    /// come of it: `{"id","acceptedAt","micros","notifications":{"alice":"…"}}`.
    ///
    /// @param site from where the browser was led here; pages of others may not send events
    @Post("/events")
    @Consumes(MediaType.APPLICATION_JSON)
    HttpResponse<byte[]> send(@Body byte[] event, @Nullable @Header("Sec-Fetch-Site") String site)
            throws IOException, InterruptedException {
        if (site != null && !site.equals("same-origin")) {
            return HttpResponse.status(HttpStatus.FORBIDDEN);
        }
        HttpRequest request = HttpRequest.newBuilder(server.get().getURI().resolve("/v1/events"))
                .header("Authorization", "Bearer " + settings.apiKey())
                .header("Content-Type", MediaType.APPLICATION_JSON)
                .timeout(PATIENCE)
                .POST(HttpRequest.BodyPublishers.ofByteArray(event))
                .build();
        long began = System.nanoTime();
        java.net.http.HttpResponse<byte[]> answer = http.send(request, BodyHandlers.ofByteArray());
        long micros = (System.nanoTime() - began) / 1_000;
        byte[] body = answer.statusCode() == HttpStatus.ACCEPTED.getCode()
                ? withNotifications(answer.body(), event, micros)
                : answer.body();
        return HttpResponse.<byte[]>status(HttpStatus.valueOf(answer.statusCode()))
                .contentType(answer.headers().firstValue("Content-Type").orElse(MediaType.APPLICATION_JSON))
                .body(body);
    }

    private static byte[] withNotifications(byte[] answer, byte[] event, long micros) throws IOException {
        ObjectNode accepted = (ObjectNode) JSON.readTree(answer);
        UUID id = UUID.fromString(accepted.path("id").asText());
        accepted.put("micros", micros);
        ObjectNode notifications = accepted.putObject("notifications");
        for (JsonNode recipient : recipients(event)) {
            notifications.put(
                    recipient.asText(),
                    NotificationId.of(id, recipient.asText()).toString());
        }
        return JSON.writeValueAsBytes(accepted);
    }

    private static JsonNode recipients(byte[] event) throws IOException {
        try {
            return JSON.readTree(event).path("recipients");
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("was accepted, but is not JSON", e);
        }
    }

    @PreDestroy
    void close() {
        http.close();
    }
}
