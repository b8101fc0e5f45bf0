package io.belfry.core.decision;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.category.Category;
import io.belfry.core.category.Medium;
import io.belfry.core.category.PushUnless;
import io.belfry.core.decision.Circumstances.Excess;
import io.belfry.core.decision.Circumstances.Passage;
import io.belfry.core.decision.Circumstances.Person;
import io.belfry.core.decision.Circumstances.Recent;
import io.belfry.core.decision.Circumstances.Subject;
import io.belfry.core.event.Priority;
import io.belfry.core.preference.Preferences;
import io.belfry.core.preference.PreferencesJson;
import io.belfry.core.preference.QuietHours;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Builders;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class DecisionsTest {
    private static final Instant NOW = Instant.parse("2026-11-24T22:30:00Z");
    private static final QuietHours NIGHT = new QuietHours(LocalTime.of(22, 0), LocalTime.of(7, 0), Set.of());
    private static final Verdict MUTED = new Verdict.Suppress(SuppressionReason.MUTED);

    @Provide
    Arbitrary<Circumstances> any() {
        return Combinators.combine(subjects(), categories(), people(), recent(), moments())
                .as(Circumstances::new);
    }

    /// Wanted, and often at night or beyond a limit.
    @Provide
    Arbitrary<Circumstances> wanted() {
        return any().map(c -> {
            Preferences chosen = c.person().preferences();
            var preferences = new Preferences(
                    Map.of(), Set.of(), Optional.empty(), chosen.quietHours().or(() -> Optional.of(NIGHT)));
            Priority priority = c.subject().priority() == Priority.CRITICAL
                    ? Priority.HIGH
                    : c.subject().priority();
            return new Circumstances(
                    new Subject(
                            priority, c.subject().topic(), c.subject().expires().filter(at -> at.isAfter(c.now()))),
                    category(c.category().mandatory(), true, c.category().pushDelay(), Set.of()),
                    new Person(preferences, c.person().zone(), 1, true),
                    new Recent(false, c.recent().excess()),
                    c.now());
        });
    }

    private static Arbitrary<Instant> moments() {
        return Arbitraries.longs().between(-400L * 86_400, 400L * 86_400).map(NOW::plusSeconds);
    }

    private static Arbitrary<Subject> subjects() {
        return Combinators.combine(
                        Arbitraries.of(Priority.class),
                        Arbitraries.of("team", "team/7", "team/7/deploys", "order/1")
                                .optional(),
                        moments().optional(0.5))
                .as(Subject::new);
    }

    private static Arbitrary<Category> categories() {
        return Builders.withBuilder(() -> new boolean[2])
                .use(Arbitraries.of(true, false))
                .in((flags, value) -> {
                    flags[0] = value;
                    return flags;
                })
                .use(Arbitraries.of(true, true, false))
                .in((flags, value) -> {
                    flags[1] = value;
                    return flags;
                })
                .build()
                .flatMap(flags -> Arbitraries.of(Medium.class).set().flatMap(optIn -> Arbitraries.longs()
                        .between(0, 86_400)
                        .map(delay -> category(flags[0], flags[1], Duration.ofSeconds(delay), optIn))));
    }

    private static Category category(boolean mandatory, boolean push, Duration delay, Set<Medium> optIn) {
        return new Category(
                "news",
                "News",
                "",
                Priority.NORMAL,
                mandatory,
                push,
                PushUnless.RECEIVED,
                delay,
                optIn,
                Optional.empty(),
                Optional.empty());
    }

    private static Arbitrary<Preferences> preferences() {
        Arbitrary<Map<Medium, Boolean>> media =
                Arbitraries.maps(Arbitraries.of(Medium.class), Arbitraries.of(true, false));
        Arbitrary<QuietHours> quiet = Combinators.combine(
                        Arbitraries.integers().between(0, 1439),
                        Arbitraries.integers().between(0, 1439),
                        Arbitraries.of(DayOfWeek.class).set())
                .filter((from, to, days) -> !from.equals(to))
                .as((from, to, days) ->
                        new QuietHours(LocalTime.ofSecondOfDay(from * 60L), LocalTime.ofSecondOfDay(to * 60L), days));
        return Combinators.combine(
                        Arbitraries.maps(Arbitraries.of("news", "other"), media),
                        Arbitraries.of("team", "team/7", "order/1", "order").set(),
                        moments().optional(0.3),
                        quiet.optional(0.6))
                .as(Preferences::new);
    }

    private static Arbitrary<Person> people() {
        return Combinators.combine(
                        preferences(),
                        Arbitraries.of("Europe/Berlin", "America/Sao_Paulo", "Asia/Kathmandu", "Pacific/Apia")
                                .map(ZoneId::of),
                        Arbitraries.integers().between(0, 3),
                        Arbitraries.of(true, false))
                .as(Person::new);
    }

    private static Arbitrary<Recent> recent() {
        Arbitrary<Excess> excess = Arbitraries.oneOf(
                Arbitraries.just(new Excess.None()),
                Arbitraries.just(new Excess.Silent()),
                moments().map(Excess.Deferred::new));
        return Combinators.combine(Arbitraries.of(false, false, true), excess).as(Recent::new);
    }

    @Property(tries = 3000, edgeCases = EdgeCasesMode.NONE)
    void nothingIsLiveOrPushedThatIsInNoInbox(@ForAll("any") Circumstances c) {
        Decision decision = Decisions.decide(c);
        Assume.that(decision.inbox() instanceof Verdict.Suppress);

        assertThat(decision.live()).isEqualTo(decision.inbox());
        assertThat(decision.push()).isEqualTo(decision.inbox());
    }

    @Property(tries = 3000, edgeCases = EdgeCasesMode.NONE)
    void whatIsMandatoryIsNeverMuted(@ForAll("any") Circumstances c) {
        Assume.that(c.category().mandatory());
        Decision decision = Decisions.decide(c);

        for (Verdict verdict : new Verdict[] {decision.inbox(), decision.live(), decision.push()}) {
            assertThat(verdict)
                    .isNotIn(
                            MUTED,
                            new Verdict.Suppress(SuppressionReason.TOPIC_MUTED),
                            new Verdict.Suppress(SuppressionReason.PAUSED));
        }
    }

    @Property(tries = 3000, edgeCases = EdgeCasesMode.NONE)
    void whatIsCriticalIsNeitherPutOffNorThrottled(@ForAll("any") Circumstances c) {
        Assume.that(c.subject().priority() == Priority.CRITICAL);
        Decision decision = Decisions.decide(c);

        assertThat(decision.push()).isNotInstanceOf(Verdict.Defer.class);
        assertThat(decision.push()).isNotEqualTo(new Verdict.Suppress(SuppressionReason.THROTTLED));
        assertThat(decision.live()).isNotEqualTo(new Verdict.Suppress(SuppressionReason.THROTTLED));
        if (decision.push() instanceof Verdict.Send(Duration after)) {
            assertThat(after).isLessThanOrEqualTo(Decisions.CRITICAL_DELAY);
        }
    }

    @Property(tries = 3000, edgeCases = EdgeCasesMode.NONE)
    void aPushIsPutOffToATimeThatIsNotQuietAndNotPastItsExpiry(@ForAll("wanted") Circumstances c) {
        Decision decision = Decisions.decide(c);
        Assume.that(decision.push() instanceof Verdict.Defer);
        Instant until = ((Verdict.Defer) decision.push()).until();

        c.person().preferences().quietHours().ifPresent(quiet -> assertThat(
                        quiet.endingAfter(until, c.person().zone()))
                .isEmpty());
        c.subject().expires().ifPresent(expires -> assertThat(until).isBefore(expires));
    }

    /// The last look before a push that was put off lets it go, if nothing has changed.
    @Property(tries = 3000, edgeCases = EdgeCasesMode.NONE)
    void whatWasPutOffIsSentThen(@ForAll("wanted") Circumstances c) {
        Decision decision = Decisions.decide(c);
        Assume.that(decision.push() instanceof Verdict.Defer);
        Instant until = ((Verdict.Defer) decision.push()).until();
        Preferences preferences = c.person().preferences();
        Assume.that(until.isAfter(c.now()));

        var then = new Circumstances(c.subject(), c.category(), c.person(), Recent.NOTHING, until);
        assertThat(Decisions.decide(then).push()).as("%s", preferences).isInstanceOf(Verdict.Send.class);
    }

    @Property(tries = 3000, edgeCases = EdgeCasesMode.NONE)
    void aTestReachesTestersAsAnythingElseDoesAndNobodyElse(@ForAll("any") Circumstances c) {
        Decision expected = c.person().mayGetTests() ? Decisions.decide(c) : Decision.none(SuppressionReason.SANDBOXED);

        assertThat(Decisions.decide(with(Passage.SANDBOX, c))).isEqualTo(expected);
        assertThat(Decisions.decide(with(Passage.STOPPED, c))).isEqualTo(Decision.none(SuppressionReason.STOPPED));
    }

    private static Circumstances with(Passage passage, Circumstances c) {
        Subject subject = c.subject();
        return new Circumstances(
                new Subject(subject.priority(), subject.topic(), subject.expires(), passage),
                c.category(),
                c.person(),
                c.recent(),
                c.now());
    }

    @Property(tries = 3000, edgeCases = EdgeCasesMode.NONE)
    void aUserWhoChoseNothingGetsWhatTheCategoryHasOn(@ForAll("any") Circumstances c) {
        var person = new Person(Preferences.NONE, c.person().zone(), 1, true);
        var plain = new Circumstances(
                new Subject(c.subject().priority(), c.subject().topic(), Optional.empty()),
                c.category(),
                person,
                Recent.NOTHING,
                c.now());
        Decision decision = Decisions.decide(plain);

        boolean inbox = isOn(c.category(), Medium.INBOX);
        assertThat(decision.inbox() instanceof Verdict.Send).isEqualTo(inbox);
        assertThat(decision.live() instanceof Verdict.Send).isEqualTo(inbox && isOn(c.category(), Medium.LIVE));
        assertThat(decision.push() instanceof Verdict.Send)
                .isEqualTo(inbox && c.category().push() && isOn(c.category(), Medium.PUSH));
    }

    private static boolean isOn(Category category, Medium medium) {
        return category.mandatory() || !category.optIn().contains(medium);
    }

    @Property(tries = 3000, edgeCases = EdgeCasesMode.NONE)
    void preferencesSurviveTheirText(@ForAll("any") Circumstances c) {
        Preferences preferences = c.person().preferences();

        assertThat(PreferencesJson.read(PreferencesJson.write(preferences))).isEqualTo(preferences);
    }

    private static Decision decide(Preferences preferences, Priority priority, Optional<Instant> expires) {
        return Decisions.decide(new Circumstances(
                new Subject(priority, Optional.of("team/7/deploys"), expires),
                category(false, true, Duration.ofSeconds(10), Set.of()),
                new Person(preferences, ZoneId.of("UTC"), 1, true),
                Recent.NOTHING,
                NOW));
    }

    private static Preferences quiet() {
        return new Preferences(Map.of(), Set.of(), Optional.empty(), Optional.of(NIGHT));
    }

    @Example
    void atNightAPushWaitsForTheMorning() {
        assertThat(decide(quiet(), Priority.HIGH, Optional.empty()).push())
                .isEqualTo(
                        new Verdict.Defer(Instant.parse("2026-11-25T07:00:00Z"), Verdict.DeferralReason.QUIET_HOURS));
        assertThat(decide(quiet(), Priority.HIGH, Optional.empty()).live()).isEqualTo(Verdict.NOW);
    }

    @Example
    void aPushThatWouldExpireByMorningIsNotSent() {
        assertThat(decide(quiet(), Priority.HIGH, Optional.of(NOW.plusSeconds(3600)))
                        .push())
                .isEqualTo(new Verdict.Suppress(SuppressionReason.QUIET_HOURS));
    }

    @Example
    void criticalPassesTheNight() {
        assertThat(decide(quiet(), Priority.CRITICAL, Optional.empty()).push()).isInstanceOf(Verdict.Send.class);
    }

    @Example
    void aMutedTopicMutesThoseBelowItButNotTheInbox() {
        var muted = new Preferences(Map.of(), Set.of("team/7"), Optional.empty(), Optional.empty());
        Decision decision = decide(muted, Priority.NORMAL, Optional.empty());

        assertThat(decision.inbox()).isEqualTo(Verdict.NOW);
        assertThat(decision.live()).isEqualTo(new Verdict.Suppress(SuppressionReason.TOPIC_MUTED));
        assertThat(decision.push()).isEqualTo(new Verdict.Suppress(SuppressionReason.TOPIC_MUTED));
    }

    @Example
    void aTopicThatOnlyBeginsLikeAMutedOneIsNotMuted() {
        var muted = new Preferences(Map.of(), Set.of("team/7/dep"), Optional.empty(), Optional.empty());

        assertThat(decide(muted, Priority.NORMAL, Optional.empty()).live()).isEqualTo(Verdict.NOW);
    }

    @Example
    void whoeverTurnsOneMediumOffKeepsTheOthers() {
        var noPush = new Preferences(
                Map.of("news", Map.of(Medium.PUSH, false)), Set.of(), Optional.empty(), Optional.empty());

        assertThat(decide(noPush, Priority.NORMAL, Optional.empty()))
                .isEqualTo(new Decision(Verdict.NOW, Verdict.NOW, MUTED));
    }
}
