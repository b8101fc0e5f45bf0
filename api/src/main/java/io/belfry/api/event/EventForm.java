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
        description =
                "Something that happened, and who is to know: `recipients`, the followers of a `topic`, users of `segments`,"
                        + " `everyone`, or several of these. Nobody gets it twice.",
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
                description = "Whoever follows this topic, or one above it with `/#`, gets it.",
                maxLength = 255,
                pattern = "^[A-Za-z0-9._:@-]+(/[A-Za-z0-9._:@-]+){0,15}$",
                example = "order/123")
        String topic,

        @Nullable
        @ArraySchema(
                arraySchema = @Schema(description = "Whoever their rules pick when it is dispatched gets it."),
                schema = @Schema(pattern = "^[A-Za-z0-9][A-Za-z0-9._:-]{0,63}$", example = "pro-users"),
                minItems = 1,
                maxItems = 10)
        List<String> segments,

        @Nullable @Schema(description = "All users get it. The API key needs the scope `events:everyone` as well.")
        Boolean everyone,

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
        String id,

        @Nullable @Schema(description = "Not before this time, at most a year ahead.", format = "date-time")
        String deliverAt,

        @Nullable
        @Schema(description = "Not before so long, instead of `deliverAt`.", format = "duration", example = "PT15M")
        String delay,

        @Nullable
        @Schema(
                description = "From when it is due. What was not delivered or pushed by then is not any more.",
                format = "duration",
                example = "PT1H")
        String ttl,

        @Nullable
        @Schema(
                description = "Of notifications to one user with the same key only the newest stays, in the inbox and"
                        + " on the phone.",
                pattern = "^[!-~]{1,128}$",
                example = "order/1234")
        String collapseKey,

        @Nullable
        @Schema(
                description = "By which this API key can cancel it, alone or with others.",
                pattern = "^[!-~]{1,128}$",
                example = "trial-of-ana")
        String cancellationKey,

        @Nullable
        @Schema(
                description = "Within which the same type and data to the same user is a duplicate, PT1S to P30D;"
                        + " without it, the category's.",
                format = "duration",
                example = "PT5M")
        String dedupe,

        @Nullable Limit throttle,
        @Nullable Digest digest,
        @Nullable Repeat repeatUntilAcknowledged) {

    @Introspected
    @Schema(
            name = "EventRepeat",
            description =
                    "For alerts: each recipient's notification is at the top of the list again, unread and with its"
                            + " push, until that person acknowledges it.",
            additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
    record Repeat(
            @Schema(requiredMode = REQUIRED, format = "duration", description = "PT10S to P1D", example = "PT5M")
            String every,

            @Nullable @Schema(minimum = "1", maximum = "100", defaultValue = "10")
            Integer times,

            @Nullable
            @ArraySchema(
                    arraySchema = @Schema(description = "Who gets it when nobody acknowledged it after `thenAfter`"),
                    schema = @Schema(pattern = "^[A-Za-z0-9._:@-]{1,128}$"),
                    maxItems = 100)
            List<String> then,

            @Nullable @Schema(format = "duration", description = "PT10S to P1D", example = "PT15M")
            String thenAfter) {}

    @Introspected
    @Schema(
            name = "EventDigest",
            description =
                    "Gather it with others into one notification a user: an event of the type `type` with `count`,"
                            + " `openedAt`, `key` and `items` (the newest 100, each with `eventId`, `at`, `actor` and `data`) as its"
                            + " data.",
            additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
    record Digest(
            @Schema(
                    requiredMode = REQUIRED,
                    format = "duration",
                    description = "How long it stays open after the first event, PT10S to P7D",
                    example = "PT10M")
            String window,

            @Nullable
            @Schema(
                    format = "duration",
                    description =
                            "Makes the window slide: it stays open for `window` after each event, and for this long"
                                    + " at most",
                    example = "PT1H")
            String longest,

            @Nullable
            @Schema(description = "What is gathered together; without it, all of the type.", example = "order/123")
            String key,

            @Nullable @Schema(description = "Of the digest; without it, the event's with `.digest` behind it.")
            String type) {}

    @Introspected
    @Schema(
            name = "EventThrottle",
            description = "At most so many that make themselves heard, per user, key and window; critical ones always"
                    + " do. Without it, the category's.",
            additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
    record Limit(
            @Schema(requiredMode = REQUIRED, minimum = "1", maximum = "10000")
            int limit,

            @Schema(requiredMode = REQUIRED, format = "duration", description = "PT1S to P30D", example = "PT10M")
            String window,

            @Nullable
            @Schema(description = "What is counted together; without it, all of the category.", example = "builds")
            String key,

            @Nullable
            @Schema(
                    type = "string",
                    description = "What becomes of pushes beyond the limit: there are none, or they wait for a window"
                            + " with room. The inbox gets all of them.",
                    allowableValues = {"silent", "deferred"},
                    defaultValue = "silent")
            String excess) {}
}
