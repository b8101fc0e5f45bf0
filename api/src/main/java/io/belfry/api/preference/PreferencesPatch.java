package io.belfry.api.preference;

import com.fasterxml.jackson.databind.JsonNode;
import io.belfry.api.json.CleanText;
import io.belfry.api.json.Fields;
import io.belfry.api.problem.Faults;
import io.belfry.core.category.Categories;
import io.belfry.core.category.Category;
import io.belfry.core.category.Medium;
import io.belfry.core.preference.Chosen;
import io.belfry.core.preference.PreferenceSettings;
import io.belfry.core.preference.Preferences;
import io.belfry.core.preference.PreferencesJson;
import io.belfry.core.preference.QuietHours;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/// A change of preferences as a JSON merge patch (RFC 7396): what is absent stays, what is `null` goes back to the
/// default. Gathers all that is wrong. For one thread.
final class PreferencesPatch {
    private static final Pattern TOPIC = Pattern.compile("[A-Za-z0-9._:@-]+(/[A-Za-z0-9._:@-]+)*");
    private static final int MAX_TOPIC = 255;
    private static final Duration LONGEST_PAUSE = Duration.ofDays(366);
    private static final List<String> KNOWN = List.of("categories", "topics", "pausedUntil", "quietHours", "timeZone");
    private static final String DAY_EXPECTED = "expected: monday, tuesday … sunday";

    private final Categories categories;
    private final PreferenceSettings settings;
    private final Instant now;
    private final Faults faults = new Faults();
    private final List<UnaryOperator<Chosen>> changes = new ArrayList<>();

    PreferencesPatch(Categories categories, PreferenceSettings settings, Instant now) {
        this.categories = categories;
        this.settings = settings;
        this.now = now;
    }

    Faults faults() {
        return faults;
    }

    /// The change that was read. Apply it only if there are no faults.
    Chosen apply(Chosen chosen) {
        Chosen changed = chosen;
        for (UnaryOperator<Chosen> change : changes) {
            changed = change.apply(changed);
        }
        return changed;
    }

    /// Whether what came of it is within the limits; faults otherwise.
    boolean fits(Chosen chosen) {
        Preferences preferences = chosen.preferences();
        if (preferences.mutedTopics().size() > settings.maxMutedTopics()) {
            faults.add("/topics", "expected: at most " + settings.maxMutedTopics() + " muted topics");
        }
        if (preferences.choices().size() > settings.maxCategories()) {
            faults.add("/categories", "expected: choices for at most " + settings.maxCategories() + " categories");
        }
        return faults.isEmpty();
    }

    void read(JsonNode body) {
        if (!body.isObject()) {
            faults.add("", "expected: an object");
            return;
        }
        body.properties().forEach(field -> {
            switch (field.getKey()) {
                case "categories" -> categories(field.getValue());
                case "topics" -> topics(field.getValue());
                case "pausedUntil" -> pausedUntil(field.getValue());
                case "quietHours" -> quietHours(field.getValue());
                case "timeZone" -> timeZone(field.getValue());
                default ->
                    faults.add(
                            "/" + Fields.escaped(field.getKey()),
                            "unknown field (expected: " + String.join(", ", KNOWN) + ")");
            }
        });
    }

    private void change(UnaryOperator<Preferences> change) {
        changes.add(chosen -> new Chosen(change.apply(chosen.preferences()), chosen.timeZone()));
    }

    private void categories(JsonNode value) {
        if (value.isNull()) {
            change(p -> with(p, Map.of()));
        } else if (!value.isObject()) {
            faults.add("/categories", "expected: an object");
        } else {
            value.properties().forEach(field -> category(field.getKey(), field.getValue()));
        }
    }

    private void category(String id, JsonNode value) {
        String pointer = "/categories/" + Fields.escaped(id);
        Optional<Category> category = categories.find(id);
        if (value.isNull()) {
            change(p -> with(p, changed(p.choices(), id, Map.of())));
        } else if (category.isEmpty()) {
            faults.add(pointer, "expected: the id of a category");
        } else if (!value.isObject()) {
            faults.add(pointer, "expected: an object");
        } else {
            var media = new EnumMap<Medium, Optional<Boolean>>(Medium.class);
            value.properties().forEach(field -> medium(
                            category.get(),
                            pointer + "/" + Fields.escaped(field.getKey()),
                            field.getKey(),
                            field.getValue())
                    .ifPresent(choice -> media.put(choice.medium, choice.wanted)));
            change(p -> {
                var merged = new EnumMap<Medium, Boolean>(Medium.class);
                merged.putAll(p.choices().getOrDefault(id, Map.of()));
                media.forEach((medium, wanted) ->
                        wanted.ifPresentOrElse(is -> merged.put(medium, is), () -> merged.remove(medium)));
                return with(p, changed(p.choices(), id, merged));
            });
        }
    }

    /// @param wanted empty for what the category has
    private record Choice(Medium medium, Optional<Boolean> wanted) {}

    private Optional<Choice> medium(Category category, String pointer, String label, JsonNode value) {
        Optional<Medium> medium = Medium.ofLabel(label);
        if (medium.isEmpty()) {
            faults.add(pointer, "unknown field (expected: inbox, live, push)");
        } else if (!value.isBoolean() && !value.isNull()) {
            faults.add(pointer, "expected: true, false or null");
        } else if (category.mandatory() && value.isBoolean() && !value.booleanValue()) {
            faults.add(pointer, "the category is mandatory (expected: true or null)");
        } else {
            return Optional.of(
                    new Choice(medium.get(), value.isNull() ? Optional.empty() : Optional.of(value.booleanValue())));
        }
        return Optional.empty();
    }

    private static Map<String, Map<Medium, Boolean>> changed(
            Map<String, Map<Medium, Boolean>> choices, String category, Map<Medium, Boolean> media) {
        var changed = new HashMap<>(choices);
        if (media.isEmpty()) {
            changed.remove(category);
        } else {
            changed.put(category, media);
        }
        return changed;
    }

    private static Preferences with(Preferences p, Map<String, Map<Medium, Boolean>> choices) {
        return new Preferences(choices, p.mutedTopics(), p.pausedUntil(), p.quietHours());
    }

    private void topics(JsonNode value) {
        if (value.isNull()) {
            change(p -> muting(p, Set.of()));
        } else if (!value.isObject()) {
            faults.add("/topics", "expected: an object");
        } else {
            value.properties().forEach(field -> topic(field.getKey(), field.getValue()));
        }
    }

    private void topic(String topic, JsonNode value) {
        String pointer = "/topics/" + Fields.escaped(topic);
        if (topic.length() > MAX_TOPIC || !TOPIC.matcher(topic).matches()) {
            faults.add(pointer, "expected: a path such as team/7 of at most 255 characters");
            return;
        }
        JsonNode muted = value.path("muted");
        boolean unset = value.isNull() || muted.isNull() || value.isObject() && value.isEmpty();
        if (!unset && (!muted.isBoolean() || value.size() > 1)) {
            faults.add(pointer, "expected: {\"muted\": true} or null");
            return;
        }
        change(p -> {
            var topics = new HashSet<>(p.mutedTopics());
            if (!unset && muted.booleanValue()) {
                topics.add(topic);
            } else if (value.isNull() || value.has("muted")) {
                topics.remove(topic);
            }
            return muting(p, topics);
        });
    }

    private static Preferences muting(Preferences p, Set<String> topics) {
        return new Preferences(p.choices(), topics, p.pausedUntil(), p.quietHours());
    }

    private void pausedUntil(JsonNode value) {
        String expected = "expected: a time as in RFC 3339, at most a year ahead, or null";
        Optional<Instant> until = text(value, text -> OffsetDateTime.parse(text).toInstant())
                .filter(at -> !at.isAfter(now.plus(LONGEST_PAUSE)));
        if (until.isEmpty() && !value.isNull()) {
            faults.add("/pausedUntil", expected);
        } else {
            change(p ->
                    new Preferences(p.choices(), p.mutedTopics(), until.filter(at -> at.isAfter(now)), p.quietHours()));
        }
    }

    private void quietHours(JsonNode value) {
        if (value.isNull()) {
            change(p -> quiet(p, Optional.empty()));
            return;
        }
        Fields fields = Fields.of(value, "/quietHours", faults, "from", "to", "days");
        Optional<LocalTime> from = fields.required("from", PreferencesPatch::time, "a time of day such as 22:00");
        Optional<LocalTime> to = fields.required("to", PreferencesPatch::time, "a time of day such as 07:00");
        Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
        JsonNode named = value.path("days");
        if (!named.isMissingNode() && !named.isNull() && !named.isArray()) {
            faults.add("/quietHours/days", DAY_EXPECTED);
        }
        for (int i = 0; i < named.size(); i++) {
            Optional<DayOfWeek> day = day(named.get(i));
            day.ifPresent(days::add);
            if (day.isEmpty()) {
                faults.add("/quietHours/days/" + i, DAY_EXPECTED);
            }
        }
        if (from.isPresent() && from.equals(to)) {
            faults.add("/quietHours/to", "expected: another time than from");
        } else if (from.isPresent() && to.isPresent()) {
            change(p -> quiet(p, Optional.of(new QuietHours(from.get(), to.get(), days))));
        }
    }

    private static Preferences quiet(Preferences p, Optional<QuietHours> quiet) {
        return new Preferences(p.choices(), p.mutedTopics(), p.pausedUntil(), quiet);
    }

    private static Optional<DayOfWeek> day(JsonNode label) {
        for (DayOfWeek day : DayOfWeek.values()) {
            if (PreferencesJson.label(day).equals(label.textValue())) {
                return Optional.of(day);
            }
        }
        return Optional.empty();
    }

    private static Optional<LocalTime> time(String text) {
        try {
            return text.length() == 5 ? Optional.of(LocalTime.parse(text)) : Optional.empty();
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private void timeZone(JsonNode value) {
        Optional<String> zone = text(value, text -> ZoneId.getAvailableZoneIds().contains(text) ? text : null);
        if (zone.isEmpty() && !value.isNull()) {
            faults.add("/timeZone", "expected: the name of a time zone such as Europe/Berlin, or null");
        } else {
            changes.add(chosen -> new Chosen(chosen.preferences(), zone));
        }
    }

    private static <T> Optional<T> text(JsonNode value, Function<String, T> read) {
        if (!value.isTextual() || !CleanText.isClean(value.textValue())) {
            return Optional.empty();
        }
        try {
            return Optional.ofNullable(read.apply(value.textValue()));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
