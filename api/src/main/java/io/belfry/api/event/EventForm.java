package io.belfry.api.event;

import io.micronaut.core.annotation.Introspected;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;

/// How an event looks in a request, for the API's document. Requests are read by [EventReader], token by token.
@Introspected
@Schema(name = "Event", description = "Something that happened, and who is to know.")
record EventForm(
        @Schema(
                description = "What happened.",
                requiredMode = Schema.RequiredMode.REQUIRED,
                pattern = "^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$",
                example = "order.shipped")
        String type,

        @Schema(description = "x") List<String> recipients) {}
