package io.belfry.console.users;

import io.belfry.console.Form;
import io.belfry.console.ReaderZone;
import io.belfry.core.category.Category;
import io.belfry.core.category.Medium;
import io.belfry.core.preference.Chosen;
import io.belfry.core.preference.PreferenceSettings;
import io.belfry.core.preference.Preferences;
import io.belfry.core.preference.PreferencesJson;
import io.belfry.core.preference.QuietHours;
import io.belfry.core.topic.Topic;
import io.belfry.core.user.UserProfile;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;

/// A user's preferences as they are typed into the form, right or not. Immutable.
///
/// @param choices by `category medium`: `on`, `off`, or empty for what the category has
/// @param paused as typed, in the reader's time zone
/// @param pausedUntil the same as a moment, where it is one
/// @param muted one topic a line
/// @param seen what the form was made of, so that a change in between is noticed
record PreferencesForm(
        Map<String, String> choices,
        boolean quiet,
        String from,
        String to,
        Set<String> days,
        String zone,
        String paused,
        Optional<Instant> pausedUntil,
        String muted,
        String seen) {
    private static final Duration LONGEST_PAUSE = Duration.ofDays(366);
    private static final String USUAL_FROM = "22:00";
    private static final String USUAL_TO = "07:00";

    static PreferencesForm of(Chosen chosen) {
        Preferences preferences = chosen.preferences();
        var choices = new HashMap<String, String>();
        preferences
                .choices()
                .forEach((category, media) ->
                        media.forEach((medium, wanted) -> choices.put(field(category, medium), wanted ? "on" : "off")));
        Optional<QuietHours> quiet = preferences.quietHours();
        return new PreferencesForm(
                choices,
                quiet.isPresent(),
                quiet.map(q -> q.from().toString()).orElse(USUAL_FROM),
                quiet.map(q -> q.to().toString()).orElse(USUAL_TO),
                quiet.map(q -> q.days().stream().map(PreferencesJson::label).collect(Collectors.toSet()))
                        .orElse(Set.of()),
                chosen.timeZone().orElse(""),
                "",
                preferences.pausedUntil(),
                String.join("\n", new TreeSet<>(preferences.mutedTopics())),
                fingerprint(chosen));
    }

    static PreferencesForm of(Form form, List<Category> categories) {
        ReaderZone reader = ReaderZone.of(form.text("reader"));
        var choices = new HashMap<String, String>();
        categories.forEach(category -> Arrays.stream(Medium.values())
                .map(medium -> field(category.id(), medium))
                .forEach(field -> choices.put(field, form.text(field))));
        return new PreferencesForm(
                choices,
                form.isTicked("quiet"),
                form.text("from"),
                form.text("to"),
                new LinkedHashSet<>(form.all("day")),
                form.text("zone"),
                form.text("paused"),
                form.find("paused").flatMap(reader::moment),
                form.raw("muted"),
                form.text("seen"));
    }

    /// The name of a choice's field.
    static String field(String category, Medium medium) {
        return "choice:" + category + ":" + medium.label();
    }

    /// For the page.
    public String choice(String category, String medium) {
        return choices.getOrDefault("choice:" + category + ":" + medium, "");
    }

    /// Tells whether preferences are still those that somebody saw.
    static String fingerprint(Chosen chosen) {
        String text =
                PreferencesJson.write(chosen.preferences()) + chosen.timeZone().orElse("");
        return UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8)).toString();
    }

    /// What is wrong with it, by field.
    Map<String, String> faults(List<Category> categories, PreferenceSettings settings, Instant now) {
        var faults = new LinkedHashMap<String, String>();
        categories.stream()
                .filter(Category::mandatory)
                .filter(category -> Arrays.stream(Medium.values())
                        .anyMatch(medium -> choices.getOrDefault(field(category.id(), medium), "")
                                .equals("off")))
                .forEach(category ->
                        faults.put("choices", category.name() + " is mandatory: nobody can switch it off."));
        if (quiet && (time(from).isEmpty() || time(to).isEmpty())) {
            faults.put("quiet", "Quiet hours: type two times of day such as 22:00 and 07:00.");
        } else if (quiet && time(from).equals(time(to))) {
            faults.put("quiet", "Quiet hours: " + from + " to " + to + " (expected: two different times).");
        }
        if (!zone.isEmpty() && !UserProfile.isTimeZone(zone)) {
            faults.put("zone", "Time zone: “" + zone + "” (expected: " + UserProfile.TIME_ZONE_EXPECTED + ").");
        }
        if (!paused.isEmpty()
                && pausedUntil
                        .filter(until -> until.isBefore(now.plus(LONGEST_PAUSE)))
                        .isEmpty()) {
            faults.put("paused", "Pause: that is not a time within a year.");
        }
        Set<String> topics = topics();
        topics.stream()
                .filter(topic -> !Topic.isValid(topic))
                .findFirst()
                .ifPresent(topic ->
                        faults.put("muted", "Muted topics: “" + topic + "” (expected: a path such as team/7)."));
        if (topics.size() > settings.maxMutedTopics()) {
            faults.put(
                    "muted",
                    "Muted topics: " + topics.size() + " (expected: at most " + settings.maxMutedTopics() + ").");
        }
        return faults;
    }

    /// What they become. Choices for categories that are not on the page stay.
    ///
    /// @param before what they are
    Chosen applied(Chosen before, List<Category> categories, Instant now) {
        var chosen = new HashMap<>(before.preferences().choices());
        for (Category category : categories) {
            var media = new EnumMap<Medium, Boolean>(Medium.class);
            for (Medium medium : Medium.values()) {
                String choice = choices.getOrDefault(field(category.id(), medium), "");
                if (!choice.isEmpty()) {
                    media.put(medium, choice.equals("on"));
                }
            }
            if (media.isEmpty()) {
                chosen.remove(category.id());
            } else {
                chosen.put(category.id(), media);
            }
        }
        return new Chosen(
                new Preferences(chosen, topics(), pausedUntil.filter(until -> until.isAfter(now)), quietHours()),
                Optional.of(zone).filter(name -> !name.isEmpty()));
    }

    private Optional<QuietHours> quietHours() {
        if (!quiet) {
            return Optional.empty();
        }
        var on = EnumSet.noneOf(DayOfWeek.class);
        for (DayOfWeek day : DayOfWeek.values()) {
            if (days.contains(PreferencesJson.label(day))) {
                on.add(day);
            }
        }
        // Every day, said one by one, is what it means to say nothing.
        return Optional.of(new QuietHours(
                time(from).orElseThrow(),
                time(to).orElseThrow(),
                on.size() == DayOfWeek.values().length ? Set.of() : on));
    }

    private Set<String> topics() {
        return Arrays.stream(muted.split("\\s+"))
                .filter(topic -> !topic.isEmpty())
                .collect(Collectors.toSet());
    }

    private static Optional<LocalTime> time(String typed) {
        try {
            return Optional.of(LocalTime.parse(typed)).filter(time -> typed.length() == 5);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
