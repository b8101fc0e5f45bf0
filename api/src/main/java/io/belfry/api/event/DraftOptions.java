package io.belfry.api.event;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.belfry.api.json.Fields;
import io.belfry.api.problem.Faults;
import io.belfry.core.event.Crowd;
import io.belfry.core.event.EscalationRule;
import io.belfry.core.event.EventOptions;
import io.belfry.core.event.Throttle;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/// What a request says of the delivery of one event, and what is wrong with it. For one thread.
final class DraftOptions {
    static final Duration LONGEST = Duration.ofDays(366);
    static final String KEY_EXPECTED = "expected: 1 to 128 printable ASCII characters";
    private static final String AT_EXPECTED = "expected: a time as in RFC 3339, at most a year ahead";
    private static final String DURATION_EXPECTED = "expected: a duration as in ISO 8601 such as PT15M, at most a year";
    private static final String WINDOW_EXPECTED = "expected: " + Throttle.WINDOW_EXPECTED;
    private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{1,128}");

    private final Faults faults;
    private final DigestFields digestFields;
    private Optional<Instant> deliverAt = Optional.empty();
    private Optional<Duration> delay = Optional.empty();
    private Optional<Duration> ttl = Optional.empty();
    private Optional<String> collapseKey = Optional.empty();
    private Optional<String> cancellationKey = Optional.empty();
    private Optional<EventOptions.KeyedThrottle> throttle = Optional.empty();
    private Optional<Duration> dedupe = Optional.empty();
    private Optional<DigestFields.Asked> digest = Optional.empty();
    private Optional<EscalationRule> escalation = Optional.empty();

    DraftOptions(Faults faults) {
        this.faults = faults;
        this.digestFields = new DigestFields(faults);
    }

    /// @param parser at the field's value; afterwards at its end
    void field(String name, JsonParser parser) throws IOException {
        if (name.equals("throttle")) {
            throttle(parser);
            return;
        }
        if (name.equals("digest")) {
            digest = digestFields.read(parser);
            return;
        }
        if (name.equals("repeatUntilAcknowledged")) {
            escalation = new EscalationFields(faults).read(parser);
            return;
        }
        String text = text(parser);
        switch (name) {
            case "deliverAt" -> deliverAt = read(name, text, DraftOptions::time, AT_EXPECTED);
            case "delay" -> delay = read(name, text, DraftOptions::duration, DURATION_EXPECTED);
            case "ttl" ->
                ttl = read(name, text, DraftOptions::duration, DURATION_EXPECTED)
                        .filter(given -> isPositive(name, given));
            case "collapseKey" -> collapseKey = read(name, text, DraftOptions::key, KEY_EXPECTED);
            case "cancellationKey" -> cancellationKey = read(name, text, DraftOptions::key, KEY_EXPECTED);
            default -> dedupe = read(name, text, DraftOptions::window, WINDOW_EXPECTED);
        }
    }

    private boolean isPositive(String name, Duration given) {
        if (given.isZero()) {
            faults.add("/" + name, given + " (expected: more than nothing)");
        }
        return !given.isZero();
    }

    private <T> Optional<T> read(String name, String text, Function<String, Optional<T>> read, String expected) {
        Optional<T> value = read.apply(text);
        if (value.isEmpty()) {
            faults.add("/" + name, expected);
        }
        return value;
    }

    /// What is no text is told the same as a text that does not fit.
    private static String text(JsonParser parser) throws IOException {
        String text = parser.currentToken() == JsonToken.VALUE_STRING ? parser.getText() : "";
        parser.skipChildren();
        return text;
    }

    private void throttle(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            faults.add("/throttle", "expected: an object");
            parser.skipChildren();
            return;
        }
        int limit = 0;
        Optional<Duration> window = Optional.empty();
        Optional<Throttle.Excess> excess = Optional.of(Throttle.Excess.SILENT);
        Optional<String> key = Optional.empty();
        boolean named = false;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            parser.nextToken();
            switch (name) {
                case "limit" -> {
                    limit = parser.currentToken() == JsonToken.VALUE_NUMBER_INT ? parser.getValueAsInt() : 0;
                    parser.skipChildren();
                }
                case "window" -> {
                    window = read("throttle/window", text(parser), DraftOptions::window, WINDOW_EXPECTED);
                    named = true;
                }
                case "excess" ->
                    excess = read(
                            "throttle/excess", text(parser), Throttle.Excess::ofLabel, "expected: silent or deferred");
                case "key" -> key = read("throttle/key", text(parser), DraftOptions::key, KEY_EXPECTED);
                default -> {
                    faults.add(
                            "/throttle/" + Fields.escaped(name),
                            "unknown field (expected: excess, key, limit, window)");
                    parser.skipChildren();
                }
            }
        }
        if (limit < 1 || limit > Throttle.MAX_LIMIT) {
            faults.add("/throttle/limit", "expected: a whole number, " + Throttle.LIMIT_EXPECTED);
        } else if (window.isEmpty() && !named) {
            faults.add("/throttle/window", "missing (" + WINDOW_EXPECTED + ")");
        } else if (window.isPresent() && excess.isPresent()) {
            throttle =
                    Optional.of(new EventOptions.KeyedThrottle(new Throttle(limit, window.get(), excess.get()), key));
        }
    }

    private static Optional<Instant> time(String text) {
        try {
            return Optional.of(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Optional<Duration> duration(String text) {
        try {
            return Optional.of(Duration.parse(text))
                    .filter(given -> !given.isNegative() && given.compareTo(LONGEST) <= 0);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Optional<Duration> window(String text) {
        return duration(text).filter(Throttle::isWindow);
    }

    static Optional<String> key(String text) {
        return KEY.matcher(text).matches() ? Optional.of(text) : Optional.empty();
    }

    /// What was asked, counted from now. What is due already is not put off.
    ///
    /// @param type the event's
    EventOptions at(Instant now, Crowd crowd, String type) {
        if (deliverAt.isPresent() && delay.isPresent()) {
            faults.add("/delay", "expected: either deliverAt or delay");
        }
        deliverAt.filter(at -> at.isAfter(now.plus(LONGEST))).ifPresent(at -> faults.add("/deliverAt", AT_EXPECTED));
        Optional<Instant> due = deliverAt
                .or(() -> delay.map(now::plus))
                .map(at -> at.truncatedTo(ChronoUnit.MILLIS))
                .filter(at -> at.isAfter(now));
        if (crowd.isNone()
                && due.isEmpty()
                && ttl.isEmpty()
                && collapseKey.isEmpty()
                && cancellationKey.isEmpty()
                && throttle.isEmpty()
                && dedupe.isEmpty()
                && digest.isEmpty()
                && escalation.isEmpty()) {
            return EventOptions.NONE;
        }
        return new EventOptions(
                crowd,
                due,
                ttl.map(due.orElse(now)::plus),
                collapseKey,
                cancellationKey,
                throttle,
                dedupe,
                digest.map(asked -> asked.of(type)),
                escalation);
    }

    /// What the caller said, for comparing requests; empty when nothing.
    String said() {
        String said = said(deliverAt)
                + said(delay)
                + said(ttl)
                + said(collapseKey)
                + said(cancellationKey)
                + said(throttle)
                + said(dedupe);
        String all = said + (digest.isPresent() ? said(digest) : "") + (escalation.isPresent() ? said(escalation) : "");
        return all.isBlank() ? "" : all;
    }

    private static String said(Optional<?> value) {
        return " " + value.map(Object::toString).orElse("");
    }
}
