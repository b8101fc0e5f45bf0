package io.belfry.api.user;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.REQUIRED;

import io.belfry.api.inbox.InboxForms;
import io.micronaut.core.annotation.Introspected;
import io.micronaut.core.annotation.Nullable;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;

/// How an export looks, for the API's document. [io.belfry.core.export.UserExport] writes it.
@Introspected
@Schema(name = "UserExport", description = "All that is kept of a user")
record ExportForm(
        String id,
        @Nullable String locale,
        @Nullable String timeZone,

        @Schema(requiredMode = REQUIRED, type = "object", additionalProperties = Schema.AdditionalPropertiesValue.TRUE)
        Object attributes,

        Instant createdAt,
        Instant updatedAt,

        @Schema(
                requiredMode = REQUIRED,
                type = "object",
                additionalProperties = Schema.AdditionalPropertiesValue.TRUE,
                description = "What the user chose")
        Object preferences,

        List<ExportedDevice> devices,
        List<String> topics,
        List<ExportedReceipt> receipts,
        InboxForms.Position inbox,

        @Schema(requiredMode = REQUIRED, description = "Newest first")
        List<InboxForms.Entry> notifications) {

    @Introspected
    @Schema(name = "ExportedDevice")
    record ExportedDevice(
            String id, String platform, @Nullable String appVersion, String token, Instant registeredAt) {}

    @Introspected
    @Schema(name = "ExportedReceipt")
    record ExportedReceipt(
            @Schema(requiredMode = REQUIRED, description = "Empty for connections that name no device")
            String deviceId,

            @Schema(requiredMode = REQUIRED, description = "It has the inbox up to here")
            long inboxOffset,

            long announcementOffset,
            Instant at) {}
}
