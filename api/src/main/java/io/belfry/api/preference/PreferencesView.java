package io.belfry.api.preference;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.REQUIRED;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.belfry.core.category.Category;
import io.belfry.core.category.Medium;
import io.belfry.core.preference.Chosen;
import io.belfry.core.preference.Preferences;
import io.belfry.core.preference.PreferencesJson;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/// Preferences as the API shows them: with what holds for every category, chosen or not, so that an app can draw its
/// settings page from it alone.
@Serdeable
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "Preferences", description = "What a user chose, and what holds where nothing was chosen")
record PreferencesView(
        @Schema(requiredMode = REQUIRED, description = "All categories by their id")
        Map<String, CategoryView> categories,

        @Schema(requiredMode = REQUIRED, description = "Muted topics; those below them are muted too")
        Map<String, Topic> topics,

        @Nullable @Schema(description = "Until then everything that may be muted comes in silence")
        Instant pausedUntil,

        @Nullable Quiet quietHours,

        @Nullable @Schema(description = "An IANA name, such as `Europe/Berlin`")
        String timeZone) {

    @Serdeable
    @JsonInclude(JsonInclude.Include.ALWAYS)
    @Schema(name = "CategoryPreference")
    record CategoryView(
            String name,

            @Schema(requiredMode = REQUIRED) String description,

            @Schema(requiredMode = REQUIRED, description = "It cannot be turned off")
            boolean mandatory,

            @Schema(
                    requiredMode = REQUIRED,
                    description = "Whether it is in the inbox; without it there is nothing else")
            boolean inbox,

            @Schema(requiredMode = REQUIRED, description = "Whether it makes itself heard on connected devices")
            boolean live,

            @Schema(requiredMode = REQUIRED, description = "Whether it is pushed, where no receipt came")
            boolean push,

            @Schema(requiredMode = REQUIRED, description = "The media for which the user chose")
            List<String> chosen) {}

    @Serdeable
    @Schema(name = "TopicPreference")
    record Topic(@Schema(requiredMode = REQUIRED) boolean muted) {}

    /// @param days on which they begin
    @Serdeable
    @JsonInclude(JsonInclude.Include.ALWAYS)
    @Schema(name = "QuietHours", description = "In which nothing is pushed that is not critical")
    record Quiet(
            String from,
            String to,

            @Schema(requiredMode = REQUIRED, description = "On which they begin; empty for every day")
            List<String> days) {}

    static PreferencesView of(Chosen chosen, List<Category> known, Instant now) {
        Preferences preferences = chosen.preferences();
        var categories = new TreeMap<String, CategoryView>();
        known.forEach(category -> categories.put(category.id(), view(category, preferences)));
        var topics = new TreeMap<String, Topic>();
        preferences.mutedTopics().forEach(topic -> topics.put(topic, new Topic(true)));
        return new PreferencesView(
                categories,
                topics,
                preferences.pausedUntil().filter(until -> until.isAfter(now)).orElse(null),
                preferences
                        .quietHours()
                        .map(quiet -> new Quiet(
                                quiet.from().toString(),
                                quiet.to().toString(),
                                quiet.days().stream()
                                        .sorted()
                                        .map(PreferencesJson::label)
                                        .toList()))
                        .orElse(null),
                chosen.timeZone().orElse(null));
    }

    private static CategoryView view(Category category, Preferences preferences) {
        Function<Medium, Boolean> holds = medium -> category.mandatory() || preferences.wants(category, medium);
        boolean inbox = holds.apply(Medium.INBOX);
        return new CategoryView(
                category.name(),
                category.description(),
                category.mandatory(),
                inbox,
                inbox && holds.apply(Medium.LIVE),
                inbox && category.push() && holds.apply(Medium.PUSH),
                Optional.ofNullable(preferences.choices().get(category.id())).orElse(Map.of()).keySet().stream()
                        .sorted()
                        .map(Medium::label)
                        .toList());
    }
}
