package io.belfry.api.event;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.belfry.api.json.Fields;
import io.belfry.api.problem.Faults;
import io.belfry.core.event.DigestRule;
import io.belfry.core.event.EventType;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.Optional;

/// What a request says of a digest, and what is wrong with it. For one thread.
final class DigestFields {
    private static final String SUFFIX = ".digest";

    private final Faults faults;

    DigestFields(Faults faults) {
        this.faults = faults;
    }

    /// @param type of the digest; empty for the event's own with a suffix
    record Asked(Duration window, Optional<Duration> longest, Optional<String> key, Optional<String> type) {
        DigestRule of(String eventType) {
            return new DigestRule(window, longest, key, type.orElse(eventType + SUFFIX));
        }
    }

    /// @param parser at the field's value; afterwards at its end
    Optional<Asked> read(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            faults.add("/digest", "expected: an object");
            parser.skipChildren();
            return Optional.empty();
        }
        Optional<Duration> window = Optional.empty();
        Optional<Duration> longest = Optional.empty();
        Optional<String> key = Optional.empty();
        Optional<String> type = Optional.empty();
        boolean isWrong = false;
        boolean hasWindow = false;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            String text = parser.nextToken() == JsonToken.VALUE_STRING ? parser.getText() : "";
            parser.skipChildren();
            Optional<?> value =
                    switch (name) {
                        case "window" -> {
                            hasWindow = true;
                            yield window = window(text);
                        }
                        case "longest" -> longest = window(text);
                        case "key" -> key = DraftOptions.key(text);
                        case "type" -> type = Optional.of(text).filter(EventType::isValid);
                        default -> Optional.empty();
                    };
            if (value.isEmpty()) {
                faults.add("/digest/" + Fields.escaped(name), expected(name));
                isWrong = true;
            }
        }
        if (!hasWindow) {
            faults.add("/digest/window", "missing (expected: " + DigestRule.EXPECTED + ")");
        }
        if (isWrong || window.isEmpty()) {
            return Optional.empty();
        }
        if (longest.isPresent() && longest.get().compareTo(window.get()) < 0) {
            faults.add("/digest/longest", longest.get() + " (expected: at least the window, " + window.get() + ")");
            return Optional.empty();
        }
        return Optional.of(new Asked(window.get(), longest, key, type));
    }

    private static String expected(String name) {
        return switch (name) {
            case "window", "longest" -> "expected: " + DigestRule.EXPECTED;
            case "key" -> DraftOptions.KEY_EXPECTED;
            case "type" -> "expected: " + EventType.EXPECTED;
            default -> "unknown field (expected: key, longest, type, window)";
        };
    }

    private static Optional<Duration> window(String text) {
        try {
            return Optional.of(Duration.parse(text)).filter(DigestRule::isWindow);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
