package io.belfry.api.device;

import io.belfry.api.access.Grants;
import io.belfry.api.json.Fields;
import io.belfry.api.json.StrictJson;
import io.belfry.api.problem.Problem;
import io.belfry.core.device.Device;
import io.belfry.core.device.Devices;
import io.belfry.core.device.Platform;
import io.belfry.core.user.UserId;
import io.micronaut.http.HttpResponse;
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
import java.time.Instant;
import java.util.Optional;

/// The push devices of an end user.
@Controller("/v1/devices")
@Secured(Grants.USER)
@ExecuteOn(TaskExecutors.BLOCKING)
final class DevicesController {
    private static final int MAX_VERSION = 64;

    private final Devices devices;
    private final StrictJson json;

    DevicesController(Devices devices, StrictJson json) {
        this.devices = devices;
        this.json = json;
    }

    @Serdeable
    record Registered(String id, String platform, Instant registeredAt) {}

    /// Registers the device or renews it; a token that another device had is moved.
    @Put("/{id}")
    MutableHttpResponse<?> register(String id, @Body byte[] body, Authentication user) {
        return switch (json.read(body)) {
            case StrictJson.Reading.Refused(var problem) -> problem.response();
            case StrictJson.Reading.Of(var value) ->
                register(id, Fields.of(value, "token", "platform", "appVersion"), user.getName());
        };
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
    MutableHttpResponse<?> unregister(String id, Authentication user) {
        return devices.unregister(user.getName(), id)
                ? HttpResponse.noContent()
                : Problem.notFound("device").response();
    }
}
