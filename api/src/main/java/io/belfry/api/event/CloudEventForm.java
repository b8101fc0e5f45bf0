package io.belfry.api.event;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.REQUIRED;

import io.micronaut.core.annotation.Introspected;
import io.micronaut.core.annotation.Nullable;
import io.swagger.v3.oas.annotations.media.Schema;

/// How a CloudEvent looks in a request, for the API's document. Requests are read by [CloudEventReader].
@Introspected
@Schema(
        name = "CloudEvent",
        description = "A CloudEvent 1.0. Attributes that are not named here are passed over.",
        additionalProperties = Schema.AdditionalPropertiesValue.TRUE)
record CloudEventForm(
        @Schema(requiredMode = REQUIRED, description = "`1.0`", pattern = "^1[.]0$")
        String specversion,

        @Schema(requiredMode = REQUIRED, description = "With `source` the idempotency key", example = "1234-shipped")
        String id,

        @Schema(requiredMode = REQUIRED, minLength = 1, example = "https://shop.example/orders")
        String source,

        @Schema(requiredMode = REQUIRED, pattern = "^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$", example = "order.shipped")
        String type,

        @Nullable @Schema(description = "User ids, separated by commas", example = "ana,ben")
        String recipients,

        @Nullable @Schema(description = "Ids of segments, separated by commas", example = "plan-pro")
        String segments,

        @Nullable @Schema(description = "Whoever follows this topic gets it", example = "order/123")
        String topic,

        @Nullable @Schema(description = "The user who did it, who is not notified")
        String actor,

        @Nullable
        @Schema(
                type = "string",
                allowableValues = {"critical", "high", "normal", "bulk"})
        String priority,

        @Nullable @Schema(description = "The id of a category")
        String category,

        @Nullable @Schema(description = "JSON: `application/json`, or what ends in `+json`")
        String datacontenttype,

        @Nullable @Schema(description = "W3C trace context") String traceparent,
        @Nullable @Schema(type = "object") Object data) {}
