package io.belfry.console.broadcasts;

import io.belfry.console.Form;
import io.belfry.core.broadcast.Release;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// When a broadcast is to leave as it is typed into the form, right or not.
///
/// @param startsAt a local time in that zone; empty for at once
/// @param zone a name of the IANA database; empty for the reader's
/// @param canary percent of the audience; empty for none
/// @param pause minutes until the rest follows; empty where it waits for a person
record Timing(String startsAt, String zone, String canary, String pause) {
    static final Timing AT_ONCE = new Timing("", "", "", "");
    static final List<String> CANARIES = List.of("1", "2", "5", "10", "25", "50");
    static final List<String> PAUSES = List.of("1", "5", "15", "60");
    private static final int MAX_PAUSE_MINUTES = 1440;

    static Timing of(Form form) {
        return new Timing(form.text("startsAt"), form.text("sendZone"), form.text("canary"), form.text("canaryPause"));
    }

    static Timing of(Release release) {
        ZoneId zone = release.zone().orElse(ZoneId.of("UTC"));
        return new Timing(
                release.startsAt()
                        .map(at -> LocalDateTime.ofInstant(at, zone)
                                .truncatedTo(ChronoUnit.MINUTES)
                                .toString())
                        .orElse(""),
                release.zone().map(ZoneId::getId).orElse(""),
                release.canary().map(c -> String.valueOf(c.percent())).orElse(""),
                release.canary()
                        .flatMap(Release.Canary::pause)
                        .map(pause -> String.valueOf(pause.toMinutes()))
                        .orElse(""));
    }

    private Optional<ZoneId> zoneId() {
        try {
            return Optional.of(ZoneId.of(zone.isEmpty() ? "UTC" : zone));
        } catch (DateTimeException unknown) {
            return Optional.empty();
        }
    }

    private Optional<Instant> moment() {
        try {
            return zoneId().map(id -> LocalDateTime.parse(startsAt).atZone(id).toInstant());
        } catch (DateTimeException notATime) {
            return Optional.empty();
        }
    }

    /// Adds what is wrong, by field.
    ///
    /// @param waves of the broadcast
    void check(int waves, Map<String, String> faults) {
        if (zoneId().isEmpty()) {
            faults.put("sendZone", "Time zone: “" + zone + "” (expected: a name such as Europe/Berlin).");
        } else if (!startsAt.isEmpty() && moment().isEmpty()) {
            faults.put("startsAt", "Send at: that is not a time.");
        }
        if (!canary.isEmpty() && !canary.matches("[1-9]\\d?")) {
            faults.put("canary", "First part: “" + canary + "” (expected: 1 to 99 percent).");
        } else if (!canary.isEmpty() && waves < 2) {
            faults.put("canary", "First part: it needs at least two waves, so that there is a rest to wait.");
        }
        if (!pause.isEmpty() && (!pause.matches("\\d{1,4}") || Integer.parseInt(pause) > MAX_PAUSE_MINUTES)) {
            faults.put("canary", "Pause: “" + pause + "” (expected: up to " + MAX_PAUSE_MINUTES + " minutes).");
        }
    }

    /// Of what has no faults.
    Release toRelease() {
        return new Release(
                startsAt.isEmpty() ? Optional.empty() : moment(),
                startsAt.isEmpty() ? Optional.empty() : zoneId(),
                canary.isEmpty()
                        ? Optional.empty()
                        : Optional.of(new Release.Canary(
                                Integer.parseInt(canary),
                                pause.isEmpty()
                                        ? Optional.empty()
                                        : Optional.of(Duration.ofMinutes(Integer.parseInt(pause))))));
    }
}
