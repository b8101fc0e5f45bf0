package io.belfry.console;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

/// The time zone in which somebody typed a time: as their browser said in the field `zone`, else UTC, which is also
/// what the page says then.
public record ReaderZone(ZoneId zone) {
    /// Zones that forms propose: those named after places.
    public static final List<String> NAMES = ZoneId.getAvailableZoneIds().stream()
            .filter(name ->
                    name.matches("(Africa|America|Antarctica|Asia|Atlantic|Australia|Europe|Indian|Pacific)/.+"))
            .sorted()
            .toList();

    public static ReaderZone of(String name) {
        try {
            return new ReaderZone(name.isBlank() ? ZoneOffset.UTC : ZoneId.of(name.strip()));
        } catch (DateTimeException unknown) {
            return new ReaderZone(ZoneOffset.UTC);
        }
    }

    /// @param typed as `<input type=date>` gives it
    /// @return the beginning of that day; empty when it is not a day
    public Optional<Instant> startOf(String typed) {
        try {
            return Optional.of(LocalDate.parse(typed.strip()).atStartOfDay(zone).toInstant());
        } catch (DateTimeException notADay) {
            return Optional.empty();
        }
    }

    /// @return the end of that day
    public Optional<Instant> endOf(String typed) {
        try {
            return Optional.of(LocalDate.parse(typed.strip())
                    .plusDays(1)
                    .atStartOfDay(zone)
                    .toInstant());
        } catch (DateTimeException notADay) {
            return Optional.empty();
        }
    }

    /// @param typed as `<input type=datetime-local>` gives it
    public Optional<Instant> moment(String typed) {
        try {
            return Optional.of(LocalDateTime.parse(typed.strip()).atZone(zone).toInstant());
        } catch (DateTimeException notATime) {
            return Optional.empty();
        }
    }
}
