package io.belfry.api.deadletter;

import io.belfry.api.json.Fields;
import io.belfry.core.deadletter.DeadLetter;
import io.belfry.core.deadletter.DeadLetterFilter;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.UUID;

/// Reads which dead letters a body means.
final class ChoiceFields {
    static final String[] NAMES = {"kind", "subject", "user", "type", "reason", "from", "to", "upTo", "preview"};

    private static final int MAX_TEXT = 256;
    private static final String TIME = "a time of ISO 8601";

    private ChoiceFields() {}

    static DeadLetterFilter read(Fields fields) {
        return new DeadLetterFilter(
                fields.optional("kind", DeadLetter.Kind::ofLabel, "event or push"),
                fields.optional("subject", ChoiceFields::uuid, "a UUID"),
                text(fields, "user"),
                text(fields, "type"),
                text(fields, "reason"),
                fields.optional("from", ChoiceFields::time, TIME),
                fields.optional("to", ChoiceFields::time, TIME),
                fields.optionalInteger("upTo", 0, Long.MAX_VALUE));
    }

    private static Optional<String> text(Fields fields, String name) {
        return fields.optionalText(name, text -> text.length() <= MAX_TEXT, "at most " + MAX_TEXT + " characters");
    }

    private static Optional<UUID> uuid(String text) {
        try {
            return Optional.of(UUID.fromString(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Optional<Instant> time(String text) {
        try {
            return Optional.of(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
