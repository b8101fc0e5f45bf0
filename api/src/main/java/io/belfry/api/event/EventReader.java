package io.belfry.api.event;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.belfry.api.json.CompactJson;
import io.belfry.api.json.Fields;
import io.belfry.api.json.StrictJson;
import io.belfry.api.problem.Problem;
import io.belfry.core.segment.SegmentSettings;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;

/// Reads events in Belfry's own form from JSON, token by token. Thread-safe; does not block.
@Singleton
final class EventReader {
    private static final String FIELDS =
            "actor, cancellationKey, category, collapseKey, data, dedupe, delay, deliverAt, digest,"
                    + " everyone, id, priority, recipients, repeatUntilAcknowledged, segments, throttle, topic, ttl, type";

    private final StrictJson json;
    private final IntakeSettings settings;
    private final SegmentSettings segmentSettings;

    EventReader(StrictJson json, IntakeSettings settings, SegmentSettings segmentSettings) {
        this.json = json;
        this.settings = settings;
        this.segmentSettings = segmentSettings;
    }

    /// What a body with several events turned out to be.
    sealed interface Batch {
        record Items(List<Item> items) implements Batch {}

        record Unreadable(Problem problem) implements Batch {}
    }

    /// A body that is one event.
    Item one(byte[] body) {
        return one(body, 0, body.length);
    }

    private Item one(byte[] body, int from, int length) {
        if (length > settings.maxBodyBytes()) {
            return new Item.Unreadable(Problem.tooLarge(settings.maxBodyBytes()));
        }
        return parse(body, from, length, Item.Unreadable::new, parser -> {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return new Item.Unreadable(Problem.malformed("expected: an object"));
            }
            Draft draft = draft(parser);
            return parser.nextToken() == null
                    ? new Item.Readable(draft)
                    : new Item.Unreadable(Problem.malformed("expected: one object and nothing after it"));
        });
    }

    /// A body that is an array of events.
    Batch array(byte[] body) {
        return parse(body, 0, body.length, Batch.Unreadable::new, parser -> {
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                return new Batch.Unreadable(Problem.malformed("expected: an array of events"));
            }
            var items = new ArrayList<Item>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                if (items.size() == settings.maxBatch()) {
                    return new Batch.Unreadable(tooMany());
                }
                items.add(new Item.Readable(sized(parser)));
            }
            return parser.nextToken() == null
                    ? new Batch.Items(items)
                    : new Batch.Unreadable(Problem.malformed("expected: one array and nothing after it"));
        });
    }

    /// A body of one event a line (NDJSON): a line that is no JSON spoils no other. Empty lines are passed over.
    Batch lines(byte[] body) {
        var items = new ArrayList<Item>();
        int from = 0;
        for (int to = 0; to <= body.length; to++) {
            if (to == body.length || body[to] == '\n') {
                int end = to > from && body[to - 1] == '\r' ? to - 1 : to;
                if (end > from) {
                    if (items.size() == settings.maxBatch()) {
                        return new Batch.Unreadable(tooMany());
                    }
                    items.add(one(body, from, end - from));
                }
                from = to + 1;
            }
        }
        return new Batch.Items(items);
    }

    private Problem tooMany() {
        return Problem.tooLarge("expected: at most " + settings.maxBatch() + " events");
    }

    private interface Work<T> {
        T on(JsonParser parser) throws IOException;
    }

    private <T> T parse(byte[] body, int from, int length, Function<Problem, T> refused, Work<T> work) {
        try (JsonParser parser = json.parser(body, from, length)) {
            return work.on(parser);
        } catch (JsonProcessingException e) {
            return refused.apply(StrictJson.malformed(e));
        } catch (IOException e) {
            return refused.apply(Problem.malformed("The body is no UTF-8 (expected: JSON in UTF-8)"));
        }
    }

    /// An event of an array, which has the limit of one that comes alone.
    private Draft sized(JsonParser parser) throws IOException {
        long from = parser.currentTokenLocation().getByteOffset();
        Draft draft = draft(parser);
        if (parser.currentLocation().getByteOffset() - from > settings.maxBodyBytes()) {
            draft.faults().add("", "expected: at most " + settings.maxBodyBytes() + " bytes");
        }
        return draft;
    }

    /// @param parser at the event's first token; afterwards at its last
    private Draft draft(JsonParser parser) throws IOException {
        Draft draft = new Draft();
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            draft.faults().add("", "expected: an object");
            parser.skipChildren();
            return draft;
        }
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            if (parser.nextToken() != JsonToken.VALUE_NULL) {
                field(draft, name, parser);
            }
        }
        return draft;
    }

    private void field(Draft draft, String name, JsonParser parser) throws IOException {
        switch (name) {
            case "recipients" -> recipients(draft, parser);
            case "segments" -> segments(draft, parser);
            case "everyone" -> everyone(draft, parser);
            case "data" -> data(draft, parser);
            case "id", "type", "topic", "actor", "category", "priority" -> text(draft, name, parser);
            case "cancellationKey",
                    "collapseKey",
                    "dedupe",
                    "delay",
                    "deliverAt",
                    "digest",
                    "repeatUntilAcknowledged",
                    "throttle",
                    "ttl" -> draft.options().field(name, parser);
            default -> {
                draft.faults().add("/" + Fields.escaped(name), "unknown field (expected: " + FIELDS + ")");
                parser.skipChildren();
            }
        }
    }

    private static void text(Draft draft, String name, JsonParser parser) throws IOException {
        String pointer = "/" + name;
        // What is no text is told the same as a text that does not fit.
        String value = parser.currentToken() == JsonToken.VALUE_STRING ? parser.getText() : "";
        parser.skipChildren();
        switch (name) {
            case "id" -> draft.key(pointer, value);
            case "type" -> draft.type(pointer, value);
            case "topic" -> draft.topic(pointer, value);
            case "actor" -> draft.actor(pointer, value);
            case "category" -> draft.category(value);
            default -> draft.priority(value);
        }
    }

    private void recipients(Draft draft, JsonParser parser) throws IOException {
        draft.namesRecipients();
        texts(draft, parser, "/recipients", settings.maxRecipients(), "user ids", draft::recipient);
    }

    private void segments(Draft draft, JsonParser parser) throws IOException {
        draft.namesRecipients();
        texts(draft, parser, "/segments", segmentSettings.maxPerEvent(), "segments", draft::segment);
    }

    /// Only said outright: whoever means nobody leaves it out.
    private static void everyone(Draft draft, JsonParser parser) throws IOException {
        if (parser.currentToken() == JsonToken.VALUE_TRUE) {
            draft.everyone();
        } else if (parser.currentToken() != JsonToken.VALUE_FALSE) {
            draft.faults().add("/everyone", "expected: true or false");
            parser.skipChildren();
        }
    }

    private static void texts(
            Draft draft, JsonParser parser, String pointer, int max, String items, BiConsumer<String, String> each)
            throws IOException {
        String expected = "expected: 1 to " + max + " " + items;
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            draft.faults().add(pointer, expected);
            parser.skipChildren();
            return;
        }
        int count = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (count < max) {
                boolean isText = parser.currentToken() == JsonToken.VALUE_STRING;
                each.accept(pointer + "/" + count, isText ? parser.getText() : "");
            }
            parser.skipChildren();
            count++;
        }
        if (count == 0 || count > max) {
            draft.faults().add(pointer, count + " of them (" + expected + ")");
        }
    }

    private static void data(Draft draft, JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            draft.faults().add("/data", "expected: an object");
            parser.skipChildren();
            return;
        }
        draft.data(CompactJson.copy(parser, "/data", draft.faults()));
    }
}
