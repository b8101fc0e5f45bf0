package io.belfry.api.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.belfry.api.problem.Problem;
import io.belfry.core.category.Categories;
import io.belfry.core.category.Category;
import io.belfry.core.event.EventId;
import io.belfry.core.event.Lanes;
import io.belfry.core.event.NewEvent;
import io.belfry.core.event.Priority;
import io.belfry.core.user.UserId;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/// Reads and checks the body of `POST /v1/events`. Says all that is wrong at once. What PostgreSQL would refuse is
/// refused
/// here. Thread-safe; does not block.
@Singleton
final class Envelope {
    private static final Set<String> FIELDS =
            Set.of("id", "type", "recipients", "topic", "data", "actor", "priority", "category");
    private static final Pattern TYPE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,127}");
    private static final Pattern TOPIC = Pattern.compile("[A-Za-z0-9._:@-]+(/[A-Za-z0-9._:@-]+)*");
    private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{1,255}");
    private static final int MAX_TOPIC = 255;

    private final IntakeSettings settings;
    private final Categories categories;
    private final Clock clock;
    private final ObjectMapper json;

    Envelope(IntakeSettings settings, Categories categories, Clock clock) {
        this.settings = settings;
        this.categories = categories;
        this.clock = clock;
        JsonFactory strict = JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(settings.maxDepth())
                        .build())
                .build()
                .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
        this.json = new ObjectMapper(strict)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
    }

    /// What a body turned out to be.
    sealed interface Reading {
        record Event(NewEvent event) implements Reading {}

        record Refused(Problem problem) implements Reading {}
    }

    /// @param key the header `Idempotency-Key`
    Reading read(byte[] body, UUID apiKeyId, Optional<String> key, Optional<String> traceparent) {
        if (body.length > settings.maxBodyBytes()) {
            return new Reading.Refused(Problem.tooLarge(settings.maxBodyBytes()));
        }
        JsonNode root;
        try {
            root = json.readTree(body);
        } catch (JsonProcessingException e) {
            return new Reading.Refused(Problem.malformed(e.getOriginalMessage() + where(e)));
        } catch (IOException e) {
            return new Reading.Refused(Problem.malformed(e.getMessage()));
        }
        if (root == null || !root.isObject()) {
            return new Reading.Refused(Problem.malformed("expected: an object"));
        }
        return check(root, body, apiKeyId, key, traceparent);
    }

    private static String where(JsonProcessingException e) {
        return e.getLocation() == null ? "" : " (line " + e.getLocation().getLineNr() + ")";
    }

    private Reading check(
            JsonNode root, byte[] body, UUID apiKeyId, Optional<String> header, Optional<String> traceparent) {
        var faults = new ArrayList<Problem.Fault>();
        root.fieldNames().forEachRemaining(name -> {
            if (!FIELDS.contains(name)) {
                faults.add(new Problem.Fault(
                        "/" + name,
                        "unknown field (expected: "
                                + String.join(", ", FIELDS.stream().sorted().toList()) + ")"));
            }
        });
        Optional<String> type = text(root, "type", TYPE, "1 to 128 of letters, digits and . _ : -", faults);
        if (!root.has("type")) {
            faults.add(new Problem.Fault("/type", "missing (expected: the event's type, such as order.shipped)"));
        }
        Optional<String> id = text(root, "id", KEY, "1 to 255 printable ASCII characters", faults);
        Optional<String> topic =
                text(root, "topic", TOPIC, "a path such as order/123", faults).filter(t -> t.length() <= MAX_TOPIC);
        Optional<String> actor = user(root, "actor", faults);
        List<String> recipients = recipients(root, faults);
        if (!root.has("recipients") && !root.has("topic")) {
            faults.add(new Problem.Fault("/recipients", "missing (expected: user ids, or a topic)"));
        }
        if (header.isPresent() && !KEY.matcher(header.get()).matches()) {
            faults.add(new Problem.Fault("", "Idempotency-Key (expected: 1 to 255 printable ASCII characters)"));
        }
        Category category = category(root, type, faults);
        Priority priority = priority(root, category, faults);
        JsonNode data = root.path("data");
        if (!data.isMissingNode() && !data.isObject()) {
            faults.add(new Problem.Fault("/data", "expected: an object"));
        }
        String text = data.isObject() ? data.toString() : "{}";
        if (text.contains("\\u0000")) {
            faults.add(new Problem.Fault("/data", "holds a NUL character (expected: none)"));
        }
        if (!faults.isEmpty()) {
            return new Reading.Refused(Problem.invalid(faults));
        }
        String order = recipients.isEmpty() ? topic.orElseThrow() : recipients.getFirst();
        return new Reading.Event(new NewEvent(
                EventId.mint(clock),
                apiKeyId,
                header.or(() -> id),
                sha256(body),
                Lanes.of(priority, order),
                type.orElseThrow(),
                category.id(),
                priority,
                recipients,
                topic,
                actor,
                text,
                traceparent));
    }

    private static Optional<String> text(
            JsonNode root, String field, Pattern pattern, String expected, List<Problem.Fault> faults) {
        JsonNode node = root.path(field);
        if (node.isMissingNode()) {
            return Optional.empty();
        }
        if (!node.isTextual() || !pattern.matcher(node.asText()).matches()) {
            faults.add(new Problem.Fault("/" + field, "expected: " + expected));
            return Optional.empty();
        }
        return Optional.of(node.asText());
    }

    private static Optional<String> user(JsonNode root, String field, List<Problem.Fault> faults) {
        JsonNode node = root.path(field);
        if (node.isMissingNode()) {
            return Optional.empty();
        }
        if (!node.isTextual() || !UserId.isValid(node.asText())) {
            faults.add(new Problem.Fault("/" + field, "expected: " + UserId.EXPECTED));
            return Optional.empty();
        }
        return Optional.of(node.asText());
    }

    private List<String> recipients(JsonNode root, List<Problem.Fault> faults) {
        JsonNode node = root.path("recipients");
        if (node.isMissingNode()) {
            return List.of();
        }
        if (!node.isArray() || node.isEmpty() || node.size() > settings.maxRecipients()) {
            faults.add(new Problem.Fault("/recipients", "expected: 1 to " + settings.maxRecipients() + " user ids"));
            return List.of();
        }
        var users = new LinkedHashSet<String>();
        for (int i = 0; i < node.size(); i++) {
            JsonNode user = node.get(i);
            if (user.isTextual() && UserId.isValid(user.asText())) {
                users.add(user.asText());
            } else {
                faults.add(new Problem.Fault("/recipients/" + i, "expected: " + UserId.EXPECTED));
            }
        }
        return List.copyOf(users);
    }

    private Category category(JsonNode root, Optional<String> type, List<Problem.Fault> faults) {
        JsonNode node = root.path("category");
        Category known = categories.ofType(type.orElse(""));
        if (node.isMissingNode()) {
            return known;
        }
        Optional<Category> named = categories.find(node.asText());
        if (named.isEmpty()) {
            faults.add(new Problem.Fault(
                    "/category",
                    "expected: one of "
                            + String.join(
                                    ", ",
                                    categories.list().stream().map(Category::id).toList())));
        }
        return named.orElse(known);
    }

    private static Priority priority(JsonNode root, Category category, List<Problem.Fault> faults) {
        JsonNode node = root.path("priority");
        if (node.isMissingNode()) {
            return category.priority();
        }
        Optional<Priority> named = Priority.ofLabel(node.asText());
        if (named.isEmpty()) {
            faults.add(new Problem.Fault("/priority", "expected: critical, high, normal or bulk"));
        }
        return named.orElse(category.priority());
    }

    private static byte[] sha256(byte[] body) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(body);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
