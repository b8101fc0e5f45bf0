package io.belfry.api.inbox;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.REQUIRED;

import io.micronaut.core.annotation.Introspected;
import io.micronaut.core.annotation.Nullable;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/// How an inbox looks in requests and answers, for the API's document. [io.belfry.core.inbox.InboxJson] writes them,
/// the same for the API and the gateway; that both agree is tested.
public final class InboxForms {
    private InboxForms() {}

    @Introspected
    @Schema(name = "Counts")
    public record Counts(
            long total,

            @Schema(requiredMode = REQUIRED, description = "Not opened")
            long unread,

            @Schema(requiredMode = REQUIRED, description = "Not listed yet, and not opened")
            long unseen) {}

    @Introspected
    @Schema(name = "InboxPosition")
    public record Position(
            Counts counts,

            @Schema(requiredMode = REQUIRED, description = "The head of the inbox's log")
            long offset) {}

    @Introspected
    @Schema(name = "InboxPage")
    record Page(
            List<Entry> items,

            @Nullable @Schema(description = "For the next page; none on the last")
            String nextCursor,

            Counts counts,

            @Schema(requiredMode = REQUIRED, description = "The head of the inbox's log")
            long offset) {}

    @Introspected
    @Schema(name = "InboxItem")
    public record Entry(
            UUID id,

            @Schema(requiredMode = REQUIRED, description = "Where in the log it was created")
            long offset,

            String type,
            String category,

            @Schema(
                    requiredMode = REQUIRED,
                    type = "string",
                    allowableValues = {"critical", "high", "normal", "bulk"})
            String priority,

            @Nullable @Schema(description = "What the template made; none where the type has no template")
            String title,

            @Nullable String body,
            @Nullable String link,
            Instant createdAt,
            boolean read,

            @Schema(requiredMode = REQUIRED, description = "Listed, or opened")
            boolean seen,

            @Nullable @Schema(description = "Present where it is in the archive")
            Boolean archived,

            @Nullable @Schema(description = "When it returns to the list, where it is not until then")
            Instant snoozedUntil,

            @Nullable @Schema(description = "Present where the user confirmed it")
            Boolean acknowledged,

            @Nullable @Schema(description = "Present where its sender changed it later")
            Boolean edited,

            @Nullable @Schema(description = "Present where it is to make no sound: the user muted it, or got too many")
            Boolean silent,

            @Nullable @Schema(description = "Those before it with the same key are gone")
            String collapseKey,

            @Schema(requiredMode = REQUIRED, type = "object", description = "The event's data")
            Object data) {}

    @Introspected
    @Schema(name = "MarkRead", additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
    record Read(
            @Nullable @ArraySchema(schema = @Schema(format = "uuid"), maxItems = 1000)
            List<String> ids,

            @Nullable @Schema(description = "An offset", minimum = "0")
            Long upTo) {}

    @Introspected
    @Schema(name = "Chosen", additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
    record Chosen(
            @ArraySchema(
                    schema = @Schema(format = "uuid"),
                    maxItems = 1000,
                    arraySchema = @Schema(requiredMode = REQUIRED))
            List<String> ids) {}

    @Introspected
    @Schema(name = "ChosenInFull", additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
    record ChosenInFull(
            @ArraySchema(
                    schema = @Schema(format = "uuid"),
                    maxItems = 100,
                    arraySchema = @Schema(requiredMode = REQUIRED))
            List<String> ids) {}

    @Introspected
    @Schema(name = "Snooze", additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
    record Snooze(
            @ArraySchema(
                    schema = @Schema(format = "uuid"),
                    maxItems = 1000,
                    arraySchema = @Schema(requiredMode = REQUIRED))
            List<String> ids,

            @Schema(requiredMode = REQUIRED, description = "In the future, within a year")
            Instant until) {}

    @Introspected
    @Schema(name = "MarkSeen", additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
    record Seen(
            @Schema(description = "An offset", minimum = "0", requiredMode = REQUIRED)
            long upTo) {}
}
