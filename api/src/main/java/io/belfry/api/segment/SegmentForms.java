package io.belfry.api.segment;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.REQUIRED;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.micronaut.core.annotation.Introspected;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.json.tree.JsonNode;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;

/// How segments look in requests and answers.
final class SegmentForms {
    private static final String RULE =
            "`{\"all\": [rules]}`, `{\"any\": [rules]}`, `{\"not\": rule}`, `{\"locale\": \"de\"}` (which is `de-AT` too),"
                    + " `{\"timeZone\": \"Europe/Berlin\"}` (the last two also with a list), or an attribute with one"
                    + " operator: `{\"attribute\": \"plan\", \"eq\": \"pro\"}`. Operators: `eq`, `in` (a list), `exists` (true"
                    + " or false), `contains` (of a list), `startsWith`, `gt`, `gte`, `lt`, `lte` (numbers by value, texts"
                    + " by their characters). An attribute within another is named by a JSON pointer: `/address/country`."
                    + " What is asked of an attribute that is missing is false. At most 8 levels and 100 parts.";
    private static final String EXAMPLE =
            "{\"all\": [{\"attribute\": \"plan\", \"in\": [\"pro\", \"team\"]}, {\"not\": {\"locale\": \"de\"}}]}";

    private SegmentForms() {}

    @Introspected
    @Schema(
            name = "SegmentChange",
            description = "Whom a segment picks from now on.",
            additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
    record Change(
            @Nullable @Schema(description = "For people", maxLength = 500, example = "Pays, and reads no German")
            String description,

            @Schema(requiredMode = REQUIRED, description = RULE, type = "object", example = EXAMPLE)
            Object rule) {}

    @Introspected
    @Schema(
            name = "SegmentTrial",
            description = "A rule to try.",
            additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
    record Trial(
            @Schema(requiredMode = REQUIRED, description = RULE, type = "object", example = EXAMPLE)
            Object rule) {}

    @Serdeable
    @JsonInclude(JsonInclude.Include.ALWAYS)
    @Schema(name = "Segment")
    record View(
            String id,
            String description,

            @Schema(
                    requiredMode = REQUIRED,
                    type = "object",
                    description = "As it was put",
                    additionalProperties = Schema.AdditionalPropertiesValue.TRUE)
            JsonNode rule,

            Instant updatedAt) {}

    @Serdeable
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "SegmentPage")
    record Page(
            List<View> items,

            @Nullable @Schema(description = "For the next page; none on the last")
            String nextCursor) {}

    @Serdeable
    @JsonInclude(JsonInclude.Include.NON_EMPTY)
    @Schema(name = "SegmentPreview")
    record Preview(
            @Nullable @Schema(description = "How many users it picks now; missing where counting takes too long")
            Long count,

            @Nullable
            @ArraySchema(
                    arraySchema =
                            @Schema(
                                    description =
                                            "The first ten by id; missing where there is nobody, or finding them takes too long"),
                    maxItems = 10)
            List<String> sample) {}
}
