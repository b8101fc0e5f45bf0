package io.belfry.core.preference;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.belfry.core.category.Medium;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Preferences as the database keeps them and as the API shows them:
///
/// ```
/// {"categories":{"news":{"push":false}},"mutedTopics":["team/7"],"pausedUntil":"2026-12-01T08:00:00Z",
///  "quietHours":{"from":"22:00","to":"07:00","days":["monday"]}}
/// ```
///
/// What was not chosen is left out.
public final class PreferencesJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private PreferencesJson() {}

    public static String write(Preferences preferences) {
        return tree(preferences).toString();
    }

    /// @throws IllegalArgumentException when the text was not written by [#write]
    public static Preferences read(String text) {
        try {
            JsonNode tree = JSON.readTree(text);
            return tree.isEmpty()
                    ? Preferences.NONE
                    : new Preferences(
                            choices(tree.path("categories")),
                            texts(tree.path("mutedTopics")),
                            Optional.ofNullable(tree.path("pausedUntil").textValue())
                                    .map(Instant::parse),
                            tree.has("quietHours")
                                    ? Optional.of(quietHours(tree.path("quietHours")))
                                    : Optional.empty());
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("preferences are not JSON: " + e.getOriginalMessage(), e);
        }
    }

    private static ObjectNode tree(Preferences preferences) {
        ObjectNode tree = JSON.createObjectNode();
        if (!preferences.choices().isEmpty()) {
            ObjectNode categories = tree.putObject("categories");
            new TreeMap<>(preferences.choices()).forEach((category, media) -> {
                ObjectNode chosen = categories.putObject(category);
                new TreeMap<>(media).forEach((medium, wanted) -> chosen.put(medium.label(), wanted));
            });
        }
        if (!preferences.mutedTopics().isEmpty()) {
            ArrayNode topics = tree.putArray("mutedTopics");
            new TreeSet<>(preferences.mutedTopics()).forEach(topics::add);
        }
        preferences.pausedUntil().ifPresent(until -> tree.put("pausedUntil", until.toString()));
        preferences.quietHours().ifPresent(quiet -> quietHours(tree.putObject("quietHours"), quiet));
        return tree;
    }

    private static void quietHours(ObjectNode tree, QuietHours quiet) {
        tree.put("from", quiet.from().toString());
        tree.put("to", quiet.to().toString());
        if (!quiet.days().isEmpty()) {
            ArrayNode days = tree.putArray("days");
            new TreeSet<>(quiet.days()).forEach(day -> days.add(label(day)));
        }
    }

    private static QuietHours quietHours(JsonNode tree) {
        var days = EnumSet.noneOf(DayOfWeek.class);
        tree.path("days")
                .forEach(day -> days.add(DayOfWeek.valueOf(day.textValue().toUpperCase(Locale.ROOT))));
        return new QuietHours(
                LocalTime.parse(tree.path("from").textValue()),
                LocalTime.parse(tree.path("to").textValue()),
                days);
    }

    /// What a day of the week is called: `monday` …
    public static String label(DayOfWeek day) {
        return day.name().toLowerCase(Locale.ROOT);
    }

    private static Map<String, Map<Medium, Boolean>> choices(JsonNode tree) {
        var choices = new HashMap<String, Map<Medium, Boolean>>();
        tree.properties().forEach(category -> {
            var media = new EnumMap<Medium, Boolean>(Medium.class);
            category.getValue()
                    .properties()
                    .forEach(medium -> media.put(
                            Medium.ofLabel(medium.getKey()).orElseThrow(),
                            medium.getValue().booleanValue()));
            choices.put(category.getKey(), media);
        });
        return choices;
    }

    private static Set<String> texts(JsonNode tree) {
        var texts = new HashSet<String>();
        tree.forEach(text -> texts.add(text.textValue()));
        return texts;
    }
}
