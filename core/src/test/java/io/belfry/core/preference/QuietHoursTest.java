package io.belfry.core.preference;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.zone.ZoneOffsetTransition;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;

/// Quiet hours in every time zone that Java knows, most often near the moments at which its clocks change.
class QuietHoursTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final Instant FROM = Instant.parse("2000-01-01T00:00:00Z");

    /// A moment and a clock.
    record Moment(Instant at, ZoneId zone) {
        LocalDateTime local() {
            return LocalDateTime.ofInstant(at, zone);
        }
    }

    @Provide
    Arbitrary<Moment> moments() {
        Arbitrary<ZoneId> zones = Arbitraries.of(
                ZoneId.getAvailableZoneIds().stream().sorted().map(ZoneId::of).toList());
        Arbitrary<Integer> minutes = Arbitraries.integers().between(-40 * 60, 40 * 60);
        Arbitrary<Integer> days = Arbitraries.integers().between(0, 365 * 40);
        Arbitrary<Boolean> nearChange =
                Arbitraries.frequencyOf(Tuple.of(3, Arbitraries.just(true)), Tuple.of(1, Arbitraries.just(false)));
        return Combinators.combine(zones, days, minutes, nearChange).as((zone, day, minute, near) -> {
            Instant at = FROM.plus(Duration.ofDays(day));
            ZoneOffsetTransition change = near ? zone.getRules().nextTransition(at) : null;
            return new Moment((change == null ? at : change.getInstant()).plus(Duration.ofMinutes(minute)), zone);
        });
    }

    @Provide
    Arbitrary<QuietHours> quietHours() {
        Arbitrary<LocalTime> times =
                Arbitraries.integers().between(0, 24 * 60 - 1).map(minute -> LocalTime.ofSecondOfDay(minute * 60L));
        Arbitrary<Set<DayOfWeek>> days = Arbitraries.of(DayOfWeek.class).set().ofMaxSize(7);
        return Combinators.combine(times, times, days)
                .filter((from, to, d) -> !from.equals(to))
                .as(QuietHours::new);
    }

    @Property(tries = 5000, edgeCases = EdgeCasesMode.NONE)
    void whatIsPutOffComesLaterAndNotInQuietHours(
            @ForAll("moments") Moment moment, @ForAll("quietHours") QuietHours quiet) {
        Optional<Instant> end = quiet.endingAfter(moment.at, moment.zone);
        Assume.that(end.isPresent());

        assertThat(end.get()).isAfter(moment.at);
        assertThat(quiet.endingAfter(end.get(), moment.zone)).isEmpty();
    }

    /// A day and the longest change of a clock, unless days touch because the clock jumped over what parts them.
    @Property(tries = 5000, edgeCases = EdgeCasesMode.NONE)
    void nobodyWaitsLongerThanAPeriod(@ForAll("moments") Moment moment, @ForAll("quietHours") QuietHours quiet) {
        Optional<Instant> end = quiet.endingAfter(moment.at, moment.zone);
        Assume.that(end.isPresent());

        assertThat(Duration.between(moment.at, end.get())).isLessThanOrEqualTo(Duration.ofHours(2 * 24 + 2));
    }

    /// The rule as a person would put it, by looking at the clock on the wall.
    @Property(tries = 5000, edgeCases = EdgeCasesMode.NONE)
    void itIsQuietWheneverTheClockOnTheWallSaysSo(
            @ForAll("moments") Moment moment, @ForAll("quietHours") QuietHours quiet) {
        Assume.that(showsQuiet(moment.local(), quiet));

        assertThat(quiet.endingAfter(moment.at, moment.zone)).isPresent();
    }

    /// Only while a clock is set back does it show a time outside of the hours and quiet goes on.
    @Property(tries = 5000, edgeCases = EdgeCasesMode.NONE)
    void itIsNotQuietOtherwiseUnlessTheClockIsJustSetBack(
            @ForAll("moments") Moment moment, @ForAll("quietHours") QuietHours quiet) {
        Assume.that(!showsQuiet(moment.local(), quiet));
        ZoneOffsetTransition before = moment.zone.getRules().previousTransition(moment.at.plusSeconds(1));
        ZoneOffsetTransition next = moment.zone.getRules().nextTransition(moment.at);
        Assume.that(isFar(before, moment.at) && isFar(next, moment.at));

        assertThat(quiet.endingAfter(moment.at, moment.zone)).isEmpty();
    }

    private static boolean isFar(ZoneOffsetTransition change, Instant at) {
        return change == null || Duration.between(change.getInstant(), at).abs().compareTo(Duration.ofHours(49)) > 0;
    }

    private static boolean showsQuiet(LocalDateTime local, QuietHours quiet) {
        LocalTime time = local.toLocalTime();
        if (quiet.to().isAfter(quiet.from())) {
            return !time.isBefore(quiet.from()) && time.isBefore(quiet.to()) && begins(local.toLocalDate(), quiet);
        }
        return !time.isBefore(quiet.from()) && begins(local.toLocalDate(), quiet)
                || time.isBefore(quiet.to()) && begins(local.toLocalDate().minusDays(1), quiet);
    }

    private static boolean begins(LocalDate day, QuietHours quiet) {
        return quiet.days().isEmpty() || quiet.days().contains(day.getDayOfWeek());
    }

    private static QuietHours night(String from, String to, DayOfWeek... days) {
        Set<DayOfWeek> chosen = EnumSet.noneOf(DayOfWeek.class);
        chosen.addAll(Set.of(days));
        return new QuietHours(LocalTime.parse(from), LocalTime.parse(to), chosen);
    }

    @Example
    void theNightOfTheSpringChangeIsAnHourShorter() {
        Instant evening = Instant.parse("2026-03-28T21:00:00Z");

        assertThat(night("22:00", "07:00").endingAfter(evening, BERLIN))
                .hasValue(Instant.parse("2026-03-29T05:00:00Z"));
    }

    @Example
    void theNightOfTheAutumnChangeIsAnHourLonger() {
        Instant evening = Instant.parse("2026-10-24T20:00:00Z");

        assertThat(night("22:00", "07:00").endingAfter(evening, BERLIN))
                .hasValue(Instant.parse("2026-10-25T06:00:00Z"));
    }

    /// 02:30 does not exist on that day: 01:59 is followed by 03:00.
    @Example
    void anEndThatTheClockJumpsOverIsTheJump() {
        assertThat(night("22:00", "02:30").endingAfter(Instant.parse("2026-03-29T00:30:00Z"), BERLIN))
                .hasValue(Instant.parse("2026-03-29T01:00:00Z"));
    }

    /// 02:30 comes twice on that day.
    @Example
    void anEndThatComesTwiceIsTheSecondOne() {
        assertThat(night("22:00", "02:30").endingAfter(Instant.parse("2026-10-25T00:10:00Z"), BERLIN))
                .hasValue(Instant.parse("2026-10-25T01:30:00Z"));
    }

    @Example
    void aDayNamesTheEveningOnWhichThePeriodBegins() {
        QuietHours friday = night("22:00", "07:00", DayOfWeek.FRIDAY);

        assertThat(friday.endingAfter(Instant.parse("2026-11-28T04:00:00Z"), BERLIN))
                .as("Saturday at five")
                .hasValue(Instant.parse("2026-11-28T06:00:00Z"));
        assertThat(friday.endingAfter(Instant.parse("2026-11-27T04:00:00Z"), BERLIN))
                .as("Friday at five")
                .isEmpty();
    }
}
