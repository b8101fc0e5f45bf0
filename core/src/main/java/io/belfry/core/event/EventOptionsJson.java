package io.belfry.core.event;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Optional;
import java.util.function.Function;

/// Options as the column `events.options` keeps them, which is null for most.
public final class EventOptionsJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private EventOptionsJson() {}

    /// @return null for [EventOptions#NONE]
    static String write(EventOptions options) {
        if (options.equals(EventOptions.NONE)) {
            return null;
        }
        ObjectNode tree = JSON.createObjectNode();
        if (!options.crowd().segments().isEmpty()) {
            options.crowd().segments().forEach(tree.putArray("segments")::add);
        }
        if (options.crowd().everyone()) {
            tree.put("everyone", true);
        }
        options.deliverAt().ifPresent(at -> tree.put("deliverAt", at.toString()));
        options.expires().ifPresent(at -> tree.put("expires", at.toString()));
        options.collapseKey().ifPresent(key -> tree.put("collapseKey", key));
        options.cancellationKey().ifPresent(key -> tree.put("cancellationKey", key));
        options.dedupe().ifPresent(window -> tree.put("dedupe", window.toString()));
        options.throttle().ifPresent(keyed -> {
            ObjectNode throttle = tree.putObject("throttle");
            throttle.put("limit", keyed.throttle().limit());
            throttle.put("window", keyed.throttle().window().toString());
            throttle.put("excess", keyed.throttle().excess().label());
            keyed.key().ifPresent(key -> throttle.put("key", key));
        });
        options.digest().ifPresent(rule -> {
            ObjectNode digest = tree.putObject("digest");
            digest.put("window", rule.window().toString());
            rule.longest().ifPresent(longest -> digest.put("longest", longest.toString()));
            rule.key().ifPresent(key -> digest.put("key", key));
            digest.put("type", rule.type());
        });
        options.escalation().ifPresent(rule -> {
            ObjectNode escalation = tree.putObject("escalation");
            escalation.put("every", rule.every().toString());
            escalation.put("times", rule.times());
            rule.next().ifPresent(next -> {
                escalation.put("after", next.after().toString());
                next.recipients().forEach(escalation.putArray("next")::add);
            });
        });
        if (options.isTest()) {
            tree.put("test", true);
        }
        return tree.toString();
    }

    /// The options of an event that is handed over to others.
    ///
    /// @param text of the event itself
    public static String handedOver(String text) {
        return write(read(text).handedOver());
    }

    /// @param text null for an event without options
    public static EventOptions read(String text) {
        if (text == null) {
            return EventOptions.NONE;
        }
        try {
            JsonNode tree = JSON.readTree(text);
            return new EventOptions(
                    crowd(tree),
                    value(tree, "deliverAt", Instant::parse),
                    value(tree, "expires", Instant::parse),
                    value(tree, "collapseKey", Function.identity()),
                    value(tree, "cancellationKey", Function.identity()),
                    tree.has("throttle") ? Optional.of(throttle(tree.path("throttle"))) : Optional.empty(),
                    value(tree, "dedupe", Duration::parse),
                    tree.has("digest") ? Optional.of(digest(tree.path("digest"))) : Optional.empty(),
                    tree.has("escalation") ? Optional.of(escalation(tree.path("escalation"))) : Optional.empty(),
                    tree.path("test").booleanValue());
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("options are not JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static Crowd crowd(JsonNode tree) {
        if (!tree.has("segments") && !tree.has("everyone")) {
            return Crowd.NONE;
        }
        var segments = new ArrayList<String>();
        tree.path("segments").forEach(segment -> segments.add(segment.textValue()));
        return new Crowd(segments, tree.path("everyone").booleanValue());
    }

    private static EventOptions.KeyedThrottle throttle(JsonNode tree) {
        return new EventOptions.KeyedThrottle(
                new Throttle(
                        tree.path("limit").intValue(),
                        Duration.parse(tree.path("window").textValue()),
                        Throttle.Excess.ofLabel(tree.path("excess").textValue()).orElseThrow()),
                value(tree, "key", Function.identity()));
    }

    private static DigestRule digest(JsonNode tree) {
        return new DigestRule(
                Duration.parse(tree.path("window").textValue()),
                value(tree, "longest", Duration::parse),
                value(tree, "key", Function.identity()),
                tree.path("type").textValue());
    }

    private static EscalationRule escalation(JsonNode tree) {
        var next = new ArrayList<String>();
        tree.path("next").forEach(user -> next.add(user.textValue()));
        return new EscalationRule(
                Duration.parse(tree.path("every").textValue()),
                tree.path("times").intValue(),
                value(tree, "after", Duration::parse).map(after -> new EscalationRule.Next(next, after)));
    }

    private static <T> Optional<T> value(JsonNode tree, String name, Function<String, T> read) {
        return Optional.ofNullable(tree.path(name).textValue()).map(read);
    }
}
