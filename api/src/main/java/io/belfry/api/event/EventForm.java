package io.belfry.api.event;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.REQUIRED;

import io.micronaut.core.annotation.Introspected;
import io.micronaut.core.annotation.Nullable;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;

/// How an event looks in a request, for the API's document. Requests are read by [EventReader], token by token, which
/// this does not have to know.
@Introspected
@Schema(
        name = "Event",
        description = "Something that happened, and who is to know: `recipients`, a `topic`, or both.",
        additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
record EventForm(
        @Schema(
                description = "What happened.",
                requiredMode = REQUIRED,
                pattern = "^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$",
                example = "order.shipped")
        String type,

        @Nullable
        @ArraySchema(
                arraySchema = @Schema(description = "User ids. Each gets one notification, however often it is named."),
                schema = @Schema(pattern = "^[A-Za-z0-9._:@-]{1,128}$", example = "ana"),
                minItems = 1,
                maxItems = 1000)
        List<String> recipients,

        @Nullable
        @Schema(
                description = "Whoever follows this topic gets it.",
                maxLength = 255,
                pattern = "^[A-Za-z0-9._:@-]+(/[A-Za-z0-9._:@-]+)*$",
                example = "order/123")
        String topic,

        @Nullable
        @Schema(
                description = "What is known of it, for templates and apps. At most 31 levels deep.",
                type = "object",
                example = "{\"number\": 1234}")
        Object data,

        @Nullable
        @Schema(
                description = "The user who did it, who is not notified.",
                pattern = "^[A-Za-z0-9._:@-]{1,128}$",
                example = "ben")
        String actor,

        @Nullable
        @Schema(
                description = "How urgent it is; without it, the category's.",
                type = "string",
                allowableValues = {"critical", "high", "normal", "bulk"})
        String priority,

        @Nullable
        @Schema(description = "The id of a category; without it, that of the event's type.", example = "general")
        String category,

        @Nullable
        @Schema(
                description = "An idempotency key: sent again by the same API key, it makes no second event.",
                pattern = "^[!-~]{1,255}$",
                example = "order-1234-shipped")
        String id) {}
