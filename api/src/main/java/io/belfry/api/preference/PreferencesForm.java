package io.belfry.api.preference;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.REQUIRED;

import io.micronaut.core.annotation.Introspected;
import io.micronaut.core.annotation.Nullable;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// How a change of preferences looks, for the API's document. Requests are read by [PreferencesPatch].
@Introspected
@Schema(
        name = "PreferencesPatch",
        description = "A JSON merge patch (RFC 7396): what is absent stays, what is `null` goes back to the default.",
        additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
record PreferencesForm(
        @Nullable @Schema(description = "By the category's id")
        Map<String, Media> categories,

        @Nullable @Schema(description = "By the topic; those below it are muted too")
        Map<String, Topic> topics,

        @Nullable @Schema(description = "At most a year ahead")
        Instant pausedUntil,

        @Nullable Quiet quietHours,

        @Nullable @Schema(description = "An IANA name", example = "Europe/Berlin")
        String timeZone) {

    @Introspected
    @Schema(name = "MediaPatch", additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
    record Media(
            @Nullable Boolean inbox,
            @Nullable Boolean live,
            @Nullable Boolean push) {}

    @Introspected
    @Schema(name = "TopicPatch", additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
    record Topic(@Nullable Boolean muted) {}

    @Introspected
    @Schema(name = "QuietHoursPatch", additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
    record Quiet(
            @Schema(requiredMode = REQUIRED, example = "22:00")
            String from,

            @Schema(requiredMode = REQUIRED, example = "07:00")
            String to,

            @Nullable @Schema(example = "[\"friday\"]") List<String> days) {}
}
