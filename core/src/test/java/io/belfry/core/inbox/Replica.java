package io.belfry.core.inbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.StreamSupport;

/// What a device makes of the inbox, from nothing but what `docs/PROTOCOL.md` promises to client authors.
final class Replica {
    private static final ObjectMapper JSON = new ObjectMapper();
    /// What is gone may still be told of by a frame that comes twice.
    private final Map<String, ObjectNode> items = new TreeMap<>();

    private Counts counts = Counts.NONE;
    private long offset;

    long offset() {
        return offset;
    }

    Counts counts() {
        return counts;
    }

    /// Everything in the list, newest first.
    List<JsonNode> list() {
        return items.values().stream()
                .filter(item -> !item.has("archived") && !item.has("snoozedUntil"))
                .sorted(Comparator.comparingLong(
                                (JsonNode item) -> item.path("offset").asLong())
                        .reversed())
                .map(JsonNode.class::cast)
                .toList();
    }

    /// Loads the list instead of recovering.
    void reload(InboxPage page) {
        items.clear();
        JsonNode json = parse(InboxJson.page(page));
        json.path("items").forEach(item -> items.put(item.path("id").asText(), (ObjectNode) item));
        counts = counts(json.path("counts"));
        offset = page.position().head();
    }

    /// @return whether it fits what the device has: otherwise it has to ask for what lies between
    boolean take(InboxChange change) {
        if (change.offset() <= offset) {
            return true;
        }
        if (change.offset() > offset + 1) {
            return false;
        }
        apply(change);
        return true;
    }

    void recovered(List<InboxChange> changes) {
        changes.forEach(this::apply);
    }

    private void apply(InboxChange change) {
        JsonNode json = parse(change.data());
        switch (json.path("kind").asText()) {
            case "notification" -> put((ObjectNode) json.path("notification"));
            case "read" -> each(json, item -> item.put("read", true).put("seen", true));
            case "unread" -> each(json, item -> item.put("read", false));
            case "archived" -> each(json, item -> item.put("archived", true).remove("snoozedUntil"));
            case "snoozed" ->
                each(json, item -> item.put("snoozedUntil", json.path("until").asText())
                        .remove("archived"));
            case "acknowledged" ->
                each(
                        json,
                        item -> item.put("acknowledged", true).put("read", true).put("seen", true));
            case "recalled" -> json.path("ids").forEach(id -> items.remove(id.asText()));
            case "readThrough" -> through(json, item -> item.put("read", true).put("seen", true));
            case "seenThrough" -> through(json, item -> item.put("seen", true));
            default -> throw new AssertionError("unknown: " + json);
        }
        if (json.has("counts")) {
            counts = counts(json.path("counts"));
        }
        offset = change.offset();
    }

    private void put(ObjectNode notification) {
        String key = notification.path("collapseKey").asText("");
        if (!key.isEmpty()) {
            items.values()
                    .removeIf(other -> other.path("collapseKey").asText("").equals(key)
                            && other.path("offset").asLong()
                                    < notification.path("offset").asLong());
        }
        items.put(notification.path("id").asText(), notification);
    }

    private interface Edit {
        void on(ObjectNode item);
    }

    private void each(JsonNode json, Edit edit) {
        StreamSupport.stream(json.path("ids").spliterator(), false)
                .map(JsonNode::asText)
                .filter(items::containsKey)
                .forEach(id -> edit.on(items.get(id)));
    }

    private void through(JsonNode json, Edit edit) {
        items.values().stream()
                .filter(item ->
                        item.path("offset").asLong() <= json.path("offset").asLong())
                .forEach(edit::on);
    }

    private static Counts counts(JsonNode json) {
        return new Counts(
                json.path("total").asInt(),
                json.path("unread").asInt(),
                json.path("unseen").asInt());
    }

    private static JsonNode parse(byte[] json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// What of an item a person sees.
    static Map<String, Object> shown(JsonNode item) {
        return Map.of(
                "id", item.path("id").asText(),
                "offset", item.path("offset").asLong(),
                "read", item.path("read").asBoolean(),
                "seen", item.path("seen").asBoolean(),
                "acknowledged", item.path("acknowledged").asBoolean());
    }
}
