package io.belfry.console.timers;

import io.belfry.core.timer.PendingTimer;
import io.belfry.core.timer.TimerKind;
import io.belfry.core.timer.Timers;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// Where a page of timers begins, as an address tells it: `2026-11-25T00:42:34.123456Z_<uuid>_<kind>`.
final class TimerPlace {
    private TimerPlace() {}

    static String write(PendingTimer last) {
        return last.dueAt() + "_" + last.id().subject() + "_" + last.kind().label();
    }

    /// @return empty for what is no place
    static Optional<Timers.Place> read(Optional<String> text) {
        String[] parts = text.orElse("").split("_", 3);
        try {
            return parts.length < 3
                    ? Optional.empty()
                    : TimerKind.ofLabel(parts[2])
                            .map(kind -> new Timers.Place(Instant.parse(parts[0]), UUID.fromString(parts[1]), kind));
        } catch (DateTimeException | IllegalArgumentException notOne) {
            return Optional.empty();
        }
    }
}
