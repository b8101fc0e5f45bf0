package io.belfry.core.preference;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneRules;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Hours of the user's own clock in which nothing is pushed. Where that clock is set back in such a period, it lasts
/// until the clock has shown its end for the last time; where the clock jumps over an end or a beginning, the jump is
/// it.
///
/// @param from when a period begins
/// @param to when it ends: the same day if later than `from`, else the next
/// @param days on which periods begin; empty for every day
public record QuietHours(LocalTime from, LocalTime to, Set<DayOfWeek> days) {
    /// Two periods can only touch where the clock jumps over what lies between them.
    private static final int MAX_TOUCHING = 8;

    public QuietHours {
        if (from.equals(to)) {
            throw new IllegalArgumentException(
                    "quiet hours: " + from + " to " + to + " (expected: two different times)");
        }
        days = Set.copyOf(days);
    }

    /// @return when it will be over, if that moment is within a period
    public Optional<Instant> endingAfter(Instant moment, ZoneId zone) {
        Instant end = moment;
        for (int i = 0; i < MAX_TOUCHING; i++) {
            Optional<Instant> next = endOfPeriod(end, zone);
            if (next.isEmpty()) {
                break;
            }
            end = next.get();
        }
        return end.equals(moment) ? Optional.empty() : Optional.of(end);
    }

    private Optional<Instant> endOfPeriod(Instant moment, ZoneId zone) {
        LocalDate today = LocalDate.ofInstant(moment, zone);
        Optional<Instant> latest = Optional.empty();
        for (int back = 2; back >= 0; back--) {
            LocalDate day = today.minusDays(back);
            if (!days.isEmpty() && !days.contains(day.getDayOfWeek())) {
                continue;
            }
            Instant end = last(to.isAfter(from) ? day : day.plusDays(1), to, zone.getRules());
            if (!moment.isBefore(first(day, from, zone.getRules()))
                    && moment.isBefore(end)
                    && latest.filter(known -> !known.isBefore(end)).isEmpty()) {
                latest = Optional.of(end);
            }
        }
        return latest;
    }

    /// The first moment at which clocks there show that time.
    private static Instant first(LocalDate day, LocalTime time, ZoneRules rules) {
        List<ZoneOffset> offsets = rules.getValidOffsets(day.atTime(time));
        return offsets.isEmpty()
                ? rules.getTransition(day.atTime(time)).getInstant()
                : day.atTime(time).toInstant(offsets.getFirst());
    }

    /// The last one.
    private static Instant last(LocalDate day, LocalTime time, ZoneRules rules) {
        List<ZoneOffset> offsets = rules.getValidOffsets(day.atTime(time));
        return offsets.isEmpty()
                ? rules.getTransition(day.atTime(time)).getInstant()
                : day.atTime(time).toInstant(offsets.getLast());
    }
}
