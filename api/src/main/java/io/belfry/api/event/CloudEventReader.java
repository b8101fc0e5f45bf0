package io.belfry.api.event;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import io.belfry.api.json.CleanText;
import io.belfry.api.json.CompactJson;
import io.belfry.api.json.Fields;
import io.belfry.api.json.StrictJson;
import io.belfry.api.problem.Problem;
import io.belfry.core.segment.SegmentSettings;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.MediaType;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Reads CloudEvents 1.0 in the three content modes of their HTTP binding. `source` and `id` together are the
/// idempotency key; whom an event is for stands in extension attributes, which have the names of Belfry's own fields.
/// Attributes that are not known are passed over, as the specification wants. Thread-safe; does not block.
@Singleton
final class CloudEventReader {
    private static final String PREFIX = "ce-";
    private static final Pattern NAME = Pattern.compile("[a-z0-9]+");
    private static final Pattern JSON_TYPE = Pattern.compile("(application|text)/([a-z0-9.-]+\\+)?json( *;.*)?");
    private static final String DATA_EXPECTED = "expected: a JSON object";

    private final StrictJson json;
    private final IntakeSettings settings;
    private final SegmentSettings segmentSettings;

    CloudEventReader(StrictJson json, IntakeSettings settings, SegmentSettings segmentSettings) {
        this.json = json;
        this.settings = settings;
        this.segmentSettings = segmentSettings;
    }

    /// Whether attributes are in the request's headers (binary content mode).
    static boolean isBinary(HttpHeaders headers) {
        return headers.contains(PREFIX + "specversion");
    }

    /// An event whose attributes are headers, and whose data is the body.
    Item binary(HttpHeaders headers, byte[] body) {
        var attributes = new TreeMap<String, String>();
        headers.names().forEach(header -> {
            String name = header.toLowerCase(Locale.ROOT);
            if (name.startsWith(PREFIX)) {
                attributes.put(name.substring(PREFIX.length()), decoded(headers.get(header)));
            }
        });
        return binary(attributes, headers.contentType().map(MediaType::toString).orElse(""), body);
    }

    /// An event whose attributes came beside its data.
    ///
    /// @param contentType of the data; empty where it is not told, which means JSON
    Item binary(Map<String, String> given, String contentType, byte[] body) {
        if (body.length > settings.maxBodyBytes()) {
            return new Item.Unreadable(Problem.tooLarge(settings.maxBodyBytes()));
        }
        var attributes = new TreeMap<>(given);
        if (!contentType.isEmpty()) {
            attributes.put("datacontenttype", contentType);
        }
        Draft draft = new Draft();
        attributes.forEach((name, value) -> checkText(draft, name, value));
        attributes(draft, attributes);
        return body.length > 0 && isJson(draft, attributes) ? parsed(draft, body) : new Item.Readable(draft);
    }

    /// Headers hold what is not printable ASCII percent-encoded; a value that is not well-formed is meant as it is.
    private static String decoded(String value) {
        try {
            return URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return value;
        }
    }

    /// A body that is one event as JSON (structured content mode).
    Item structured(byte[] body) {
        return switch (json.read(body, settings.maxBodyBytes())) {
            case StrictJson.Reading.Refused(Problem problem) -> new Item.Unreadable(problem);
            case StrictJson.Reading.Of(JsonNode event) -> event(event);
        };
    }

    /// A body that is an array of events as JSON (batched content mode).
    EventReader.Batch batch(byte[] body) {
        return switch (json.read(body, settings.maxBatchBytes())) {
            case StrictJson.Reading.Refused(Problem problem) -> new EventReader.Batch.Unreadable(problem);
            case StrictJson.Reading.Of(JsonNode events)
            when !events.isArray() ->
                new EventReader.Batch.Unreadable(Problem.malformed("expected: an array of events"));
            case StrictJson.Reading.Of(JsonNode events)
            when events.size() > settings.maxBatch() ->
                new EventReader.Batch.Unreadable(
                        Problem.tooLarge("expected: at most " + settings.maxBatch() + " events"));
            case StrictJson.Reading.Of(JsonNode events) -> {
                var items = new ArrayList<Item>(events.size());
                events.forEach(event -> items.add(event(event)));
                yield new EventReader.Batch.Items(items);
            }
        };
    }

    private Item event(JsonNode event) {
        if (!event.isObject()) {
            return new Item.Unreadable(Problem.malformed("expected: an object"));
        }
        Draft draft = new Draft();
        var attributes = new TreeMap<String, String>();
        event.properties().forEach(field -> {
            if (!field.getKey().equals("data") && !field.getKey().equals("data_base64")) {
                attribute(draft, field.getKey(), field.getValue(), attributes);
            }
        });
        attributes(draft, attributes);
        JsonNode data = event.path("data");
        JsonNode encoded = event.path("data_base64");
        if (data.isMissingNode() && encoded.isMissingNode() || data.isNull() || encoded.isNull()) {
            return new Item.Readable(draft);
        }
        if (!data.isMissingNode() && !encoded.isMissingNode()) {
            draft.faults().add("/data_base64", "expected: data or data_base64, not both");
        } else if (isJson(draft, attributes)) {
            return encoded.isMissingNode()
                    ? parsed(draft, data.toString().getBytes(StandardCharsets.UTF_8))
                    : decoded(draft, encoded);
        }
        return new Item.Readable(draft);
    }

    private static void attribute(Draft draft, String name, JsonNode value, Map<String, String> attributes) {
        if (!NAME.matcher(name).matches()) {
            draft.faults().add("/" + Fields.escaped(name), "expected: a name of lower-case letters and digits");
        } else if (value.isTextual() || value.isIntegralNumber() || value.isBoolean()) {
            attributes.put(name, value.asText());
            checkText(draft, name, value.asText());
        } else if (!value.isNull()) {
            draft.faults().add("/" + name, "expected: a text, a whole number, true or false");
        }
    }

    private static void checkText(Draft draft, String name, String value) {
        if (!CleanText.isClean(value)) {
            draft.faults().add("/" + name, CleanText.EXPECTED);
        }
    }

    private Item decoded(Draft draft, JsonNode encoded) {
        try {
            return parsed(draft, Base64.getDecoder().decode(encoded.asText()));
        } catch (IllegalArgumentException e) {
            draft.faults().add("/data_base64", "expected: a JSON object in Base64");
            return new Item.Readable(draft);
        }
    }

    private void attributes(Draft draft, Map<String, String> attributes) {
        if (!"1.0".equals(attributes.get("specversion"))) {
            draft.faults().add("/specversion", attributes.get("specversion") + " (expected: 1.0)");
        }
        String id = required(draft, attributes, "id");
        String source = required(draft, attributes, "source");
        draft.derivedKey("ce " + hash(source, id));
        given(attributes, "type").ifPresent(type -> draft.type("/type", type));
        given(attributes, "recipients").ifPresent(recipients -> recipients(draft, recipients));
        given(attributes, "segments").ifPresent(segments -> segments(draft, segments));
        given(attributes, "topic").ifPresent(topic -> draft.topic("/topic", topic));
        given(attributes, "actor").ifPresent(actor -> draft.actor("/actor", actor));
        given(attributes, "category").ifPresent(draft::category);
        given(attributes, "priority").ifPresent(draft::priority);
        given(attributes, "traceparent").filter(Caller::isTraceparent).ifPresent(draft::traceparent);
    }

    private static Optional<String> given(Map<String, String> attributes, String name) {
        return Optional.ofNullable(attributes.get(name));
    }

    private static String required(Draft draft, Map<String, String> attributes, String name) {
        String value = attributes.getOrDefault(name, "");
        if (value.isEmpty()) {
            draft.faults().add("/" + name, "missing (expected: a text)");
        }
        return value;
    }

    private void recipients(Draft draft, String list) {
        draft.namesRecipients();
        List<String> names = List.of(list.split(",", -1));
        if (names.size() > settings.maxRecipients()) {
            draft.faults()
                    .add(
                            "/recipients",
                            names.size() + " of them (expected: 1 to " + settings.maxRecipients() + " user ids)");
            return;
        }
        names.forEach(name -> draft.recipient("/recipients", name.strip()));
    }

    private void segments(Draft draft, String list) {
        draft.namesRecipients();
        List<String> names = List.of(list.split(",", -1));
        if (names.size() > segmentSettings.maxPerEvent()) {
            draft.faults()
                    .add(
                            "/segments",
                            names.size() + " of them (expected: 1 to " + segmentSettings.maxPerEvent() + " segments)");
            return;
        }
        names.forEach(name -> draft.segment("/segments", name.strip()));
    }

    private static boolean isJson(Draft draft, Map<String, String> attributes) {
        String type = attributes.getOrDefault("datacontenttype", "application/json");
        boolean isJson = JSON_TYPE.matcher(type.toLowerCase(Locale.ROOT)).matches();
        if (!isJson) {
            draft.faults().add("/datacontenttype", "expected: application/json, or what ends in +json");
        }
        return isJson;
    }

    private Item parsed(Draft draft, byte[] data) {
        try (JsonParser parser = json.parser(data, 0, data.length)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                draft.faults().add("/data", DATA_EXPECTED);
                return new Item.Readable(draft);
            }
            draft.data(CompactJson.copy(parser, "/data", draft.faults()));
            if (parser.nextToken() != null) {
                draft.faults().add("/data", DATA_EXPECTED + " and nothing after it");
            }
            return new Item.Readable(draft);
        } catch (JsonProcessingException e) {
            return new Item.Unreadable(StrictJson.malformed(e));
        } catch (IOException e) {
            return new Item.Unreadable(Problem.malformed("The data is no UTF-8 (expected: JSON in UTF-8)"));
        }
    }

    /// Of any length, both, so that only their hash fits a key. A NUL is in neither.
    private static String hash(String source, String id) {
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256").digest((source + '\0' + id).getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
