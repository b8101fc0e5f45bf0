package io.belfry.standalone.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.belfry.core.event.Priority;
import io.belfry.standalone.settings.WrongSettings;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Posts an event, as a service would.
@Command(
        name = "send",
        header = "Sends an event, and prints its id.",
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {
            "  belfry send --type comment.created --to alice,bob --data '{\"text\":\"Hi\"}'",
            "  belfry send --type build.failed --topic team/7/deploys --priority critical",
            "  jq -n '{order:7}' | belfry send --type order.shipped --to alice --data -"
        })
public final class SendCommand implements Callable<Integer> {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int ACCEPTED = 202;

    private final ObjectMapper json = new ObjectMapper();

    @Spec
    private CommandSpec spec;

    @Mixin
    private Target target;

    @Option(
            names = "--key",
            paramLabel = "KEY",
            defaultValue = "${BELFRY_API_KEY}",
            description = "API key (default: $BELFRY_API_KEY, or the demo's).")
    private String key;

    @Option(
            names = "--type",
            required = true,
            paramLabel = "TYPE",
            description = "What happened, such as comment.created.")
    private String type;

    @Option(names = "--to", split = ",", paramLabel = "USER", description = "Whom it concerns.")
    private List<String> recipients = List.of();

    @Option(names = "--topic", paramLabel = "TOPIC", description = "Its followers are concerned, too.")
    private String topic;

    @Option(
            names = "--segment",
            split = ",",
            paramLabel = "SEGMENT",
            description = "The users whom its rule picks are concerned, too.")
    private List<String> segments = List.of();

    @Option(names = "--everyone", description = "All users are concerned.")
    private boolean everyone;

    @Option(
            names = "--data",
            paramLabel = "JSON",
            defaultValue = "{}",
            description = "A JSON object for the template and the app; @FILE reads a file, - the standard input.")
    private String data;

    @Option(names = "--actor", paramLabel = "USER", description = "Who caused it; is not notified.")
    private String actor;

    @Option(
            names = "--priority",
            paramLabel = "PRIORITY",
            description = "critical, high, normal or bulk (default: the category's).")
    private Priority priority;

    @Option(names = "--category", paramLabel = "CATEGORY", description = "What users mute.")
    private String category;

    @Option(
            names = "--idempotency-key",
            paramLabel = "KEY",
            description = "Sending again with the same key gives the same event.")
    private String idempotencyKey;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (recipients.isEmpty() && topic == null && segments.isEmpty() && !everyone) {
            throw new WrongSettings(
                    "nobody to notify (expected: --to USER, --topic TOPIC, --segment SEGMENT or --everyone)");
        }
        HttpRequest.Builder request = HttpRequest.newBuilder(target.uri("/v1/events"))
                .timeout(TIMEOUT)
                .header("Authorization", "Bearer " + target.apiKey(key))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json.writeValueAsString(event())));
        if (idempotencyKey != null) {
            request.header("Idempotency-Key", idempotencyKey);
        }
        return report(exchange(request.build()));
    }

    private ObjectNode event() throws IOException {
        ObjectNode event = json.createObjectNode().put("type", type);
        if (!recipients.isEmpty()) {
            recipients.forEach(event.putArray("recipients")::add);
        }
        putIfGiven(event, "topic", topic);
        if (!segments.isEmpty()) {
            segments.forEach(event.putArray("segments")::add);
        }
        if (everyone) {
            event.put("everyone", true);
        }
        putIfGiven(event, "actor", actor);
        putIfGiven(event, "category", category);
        putIfGiven(event, "priority", priority == null ? null : priority.label());
        event.set("data", data());
        return event;
    }

    private static void putIfGiven(ObjectNode event, String name, String value) {
        if (value != null) {
            event.put(name, value);
        }
    }

    private JsonNode data() throws IOException {
        try {
            JsonNode parsed = json.readTree(dataText());
            if (parsed instanceof ObjectNode) {
                return parsed;
            }
        } catch (JsonProcessingException malformed) {
            throw new WrongSettings("--data is not JSON: " + malformed.getOriginalMessage());
        }
        throw new WrongSettings("--data is not a JSON object (expected: such as {\"text\":\"Hi\"})");
    }

    private String dataText() throws IOException {
        if (data.equals("-")) {
            return new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
        }
        if (!data.startsWith("@")) {
            return data;
        }
        try {
            return Files.readString(Path.of(data.substring(1)));
        } catch (NoSuchFileException none) {
            throw new WrongSettings("there is no file " + data.substring(1));
        }
    }

    private static HttpResponse<String> exchange(HttpRequest request) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build()) {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (ConnectException refused) {
            throw new IOException(
                    "no Belfry answers at " + request.uri().resolve("/") + " (is `belfry up` running?)", refused);
        }
    }

    private int report(HttpResponse<String> response) throws IOException {
        if (response.statusCode() == ACCEPTED) {
            spec.commandLine()
                    .getOut()
                    .println(json.readTree(response.body()).path("id").asText());
            return 0;
        }
        throw new IOException(Problem.describe(response.statusCode(), response.body()));
    }
}
