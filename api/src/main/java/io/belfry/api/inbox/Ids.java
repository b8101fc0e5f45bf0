package io.belfry.api.inbox;

import io.belfry.api.json.Fields;
import java.util.List;
import java.util.UUID;

/// The field `ids` of a body: which notifications are meant.
final class Ids {
    private Ids() {}

    /// @return none when the field is absent or faulty
    static List<UUID> of(Fields fields, int max) {
        return fields.optionalTexts("ids", max, "notification ids", Ids::isId, "a UUID").orElse(List.of()).stream()
                .map(UUID::fromString)
                .toList();
    }

    private static boolean isId(String text) {
        try {
            return UUID.fromString(text).toString().equalsIgnoreCase(text);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
