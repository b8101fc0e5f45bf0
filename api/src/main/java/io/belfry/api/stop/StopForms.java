package io.belfry.api.stop;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.REQUIRED;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.belfry.core.stop.Held;
import io.belfry.core.stop.Stop;
import io.belfry.core.stop.StopTarget;
import io.micronaut.core.annotation.Introspected;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;

/// How emergency stops look in requests and answers.
final class StopForms {
    static final int MAX_REASON = 500;

    private StopForms() {}

    @Introspected
    @Schema(name = "StopChange", additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
    record Change(
            @Nullable
            @Schema(description = "Why, for people", maxLength = MAX_REASON, example = "Wrong prices in the texts")
            String reason) {}

    @Serdeable
    @JsonInclude(JsonInclude.Include.ALWAYS)
    @Schema(name = "Stop")
    record View(
            @Schema(requiredMode = REQUIRED, description = "`push`, `bulk`, or `category:` and its id")
            String target,

            @Schema(requiredMode = REQUIRED) Instant since,

            @Schema(requiredMode = REQUIRED, description = "An operator, or an API key by its name")
            String by,

            @Schema(requiredMode = REQUIRED) String reason,

            @Schema(requiredMode = REQUIRED) Waiting held) {
        static View of(Stop stop, Held held) {
            return new View(stop.target().label(), stop.since(), stop.by(), stop.reason(), Waiting.of(held));
        }
    }

    @Serdeable
    @JsonInclude(JsonInclude.Include.ALWAYS)
    @Schema(name = "Held", description = "What waits because of it")
    record Waiting(
            @Schema(requiredMode = REQUIRED) long events,
            @Schema(requiredMode = REQUIRED) long pushes,

            @Schema(requiredMode = REQUIRED, description = "Those with waves or pushes that are not sent yet")
            long broadcasts,

            @Schema(requiredMode = REQUIRED, description = "Whether that is all; else there are at least so many")
            boolean exact) {
        static Waiting of(Held held) {
            return new Waiting(held.events(), held.pushes(), held.broadcasts(), held.isExact());
        }
    }

    @Serdeable
    @JsonInclude(JsonInclude.Include.ALWAYS)
    @Schema(name = "Stops")
    record Views(
            @Schema(requiredMode = REQUIRED, description = "What is stopped now, the latest first")
            List<View> stops) {}

    @Serdeable
    @JsonInclude(JsonInclude.Include.ALWAYS)
    @Schema(name = "StopEnd")
    record End(
            @Schema(requiredMode = REQUIRED) String target,

            @Schema(
                    requiredMode = REQUIRED,
                    type = "string",
                    description = "What becomes of what was held",
                    allowableValues = {"released", "discarded"})
            String held) {
        static End of(StopTarget target, String held) {
            return new End(target.label(), held);
        }
    }
}
