package io.belfry.api.device;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.REQUIRED;

import io.belfry.api.access.Grants;
import io.belfry.api.document.Document;
import io.belfry.api.document.MayBeMissing;
import io.belfry.api.document.RefusesBodies;
import io.belfry.api.document.RefusesStrangers;
import io.belfry.api.json.Fields;
import io.belfry.api.json.StrictJson;
import io.belfry.api.problem.Problem;
import io.belfry.core.device.Device;
import io.belfry.core.device.Devices;
import io.belfry.core.device.Platform;
import io.belfry.core.feed.Closings;
import io.belfry.core.user.UserId;
import io.micronaut.core.annotation.Introspected;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Delete;
import io.micronaut.http.annotation.Put;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.authentication.Authentication;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.security.SecurityRequirement;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.Optional;

/// The push devices of an end user.
@Controller("/v1/devices")
@Secured(Grants.USER)
@ExecuteOn(TaskExecutors.BLOCKING)
@Tag(name = Document.DEVICES)
final class DevicesController {
    private static final int MAX_VERSION = 64;

    private final Devices devices;
    private final Closings closings;
    private final StrictJson json;

    DevicesController(Devices devices, Closings closings, StrictJson json) {
        this.closings = closings;
        this.devices = devices;
        this.json = json;
    }

    @Serdeable
    @Schema(name = "RegisteredDevice")
    record Registered(String id, String platform, Instant registeredAt) {}

    /// How a registration looks, for the API's document.
    @Introspected
    @Schema(
            name = "Device",
            description = "A device that can get pushes",
            additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
    record Form(
            @Schema(
                    description = "The registration token that Firebase gave the app",
                    requiredMode = REQUIRED,
                    minLength = 1,
                    maxLength = Device.MAX_TOKEN_LENGTH)
            String token,

            @Schema(
                    requiredMode = REQUIRED,
                    type = "string",
                    allowableValues = {"android", "ios", "web"})
            String platform,

            @Nullable @Schema(maxLength = MAX_VERSION) String appVersion) {}

    @Put("/{id}")
    @Operation(
            operationId = "registerDevice",
            summary = "Register a device for pushes, or renew it",
            description = "A token has one device and one user: one that another had is moved.")
    @SecurityRequirement(name = Document.USER_TOKEN)
    @RequestBody(
            required = true,
            content = @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = Form.class)))
    @ApiResponse(
            responseCode = "200",
            description = "It is registered.",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = Registered.class)))
    @RefusesBodies
    @RefusesStrangers
    MutableHttpResponse<?> register(String id, @Body byte[] body, Authentication user) {
        return json.answer(body, fields -> register(id, fields, user.getName()), "token", "platform", "appVersion");
    }

    private MutableHttpResponse<?> register(String id, Fields fields, String user) {
        if (!UserId.isValid(id)) {
            fields.faults().add("", "device id (expected: " + UserId.EXPECTED + ")");
        }
        String token = fields.text(
                "token",
                t -> !t.isBlank() && t.length() <= Device.MAX_TOKEN_LENGTH,
                "1 to " + Device.MAX_TOKEN_LENGTH + " characters");
        Optional<Platform> platform = fields.required("platform", Platform::ofLabel, "android, ios or web");
        Optional<String> version = fields.optionalText(
                "appVersion", v -> v.length() <= MAX_VERSION, "at most " + MAX_VERSION + " characters");
        if (!fields.faults().isEmpty()) {
            return fields.faults().problem().response();
        }
        Device device = devices.register(new Device(user, id, token, platform.orElseThrow(), version, Instant.EPOCH));
        return HttpResponse.ok(new Registered(device.id(), device.platform().label(), device.registeredAt()));
    }

    @Delete("/{id}")
    @Operation(
            operationId = "unregisterDevice",
            summary = "Send a device no more pushes",
            description =
                    "For when its user logs out: its connections end, and come back where somebody is still signed in.")
    @SecurityRequirement(name = Document.USER_TOKEN)
    @ApiResponse(responseCode = "204", description = "It is unregistered.")
    @MayBeMissing
    @RefusesStrangers
    MutableHttpResponse<?> unregister(String id, Authentication user) {
        if (!devices.unregister(user.getName(), id)) {
            return Problem.notFound("device").response();
        }
        closings.closeDevice(user.getName(), id);
        return HttpResponse.noContent();
    }
}
