package io.belfry.api.user;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.REQUIRED;

import io.micronaut.core.annotation.Introspected;
import io.micronaut.core.annotation.Nullable;
import io.swagger.v3.oas.annotations.media.Schema;

/// How users look in requests, for the API's document. Requests are read by [UserReader].
final class UserForms {
    private static final String LOCALE = "A language tag (BCP 47), which chooses the words of notifications.";
    private static final String TIME_ZONE = "A name of the IANA database.";
    private static final String ATTRIBUTES =
            "Whatever your segments and templates need to know. At most 16,384 characters as JSON.";

    private UserForms() {}

    @Introspected
    @Schema(
            name = "UserProfile",
            description = "What is known of a user. What is not said is not known any more.",
            additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
    record Profile(
            @Nullable @Schema(description = LOCALE, maxLength = 35, example = "pt-BR")
            String locale,

            @Nullable @Schema(description = TIME_ZONE, example = "Europe/Berlin")
            String timeZone,

            @Nullable @Schema(description = ATTRIBUTES, type = "object", example = "{\"plan\": \"pro\"}")
            Object attributes) {}

    @Introspected
    @Schema(
            name = "NamedUserProfile",
            description = "What is known of a user, in a list.",
            additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
    record Named(
            @Schema(requiredMode = REQUIRED, pattern = "^[A-Za-z0-9._:@-]{1,128}$", example = "ana")
            String id,

            @Nullable @Schema(description = LOCALE, maxLength = 35, example = "pt-BR")
            String locale,

            @Nullable @Schema(description = TIME_ZONE, example = "Europe/Berlin")
            String timeZone,

            @Nullable @Schema(description = ATTRIBUTES, type = "object", example = "{\"plan\": \"pro\"}")
            Object attributes) {}
}
