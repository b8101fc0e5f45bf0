package io.belfry.api.device;

import io.belfry.api.access.Grants;
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
import java.util.ArrayList;
import java.util.Optional;

/// The push devices of an end user.
@Controller("/v1/devices")
@Secured(Grants.USER)
@ExecuteOn(TaskExecutors.BLOCKING)
final class DevicesController {
    private final Devices devices;

    DevicesController(Devices devices) {
        this.devices = devices;
    }

    /// @param token from the push provider's SDK
    /// @param platform android, ios or web
    @Serdeable
    record Registration(String token, String platform, Optional<String> appVersion) {}

    @Serdeable
    record Registered(String id, String platform, String registeredAt) {}

    /// Registers the device or renews it; a token that another device had is moved.
    @Put("/{id}")
    MutableHttpResponse<?> register(String id, @Body Registration registration, Authentication user) {
        var faults = new ArrayList<Problem.Fault>();
        if (!UserId.isValid(id)) {
            faults.add(new Problem.Fault("", "device id (expected: " + UserId.EXPECTED + ")"));
        }
        String token = registration.token();
        if (token == null || token.isBlank() || token.length() > Device.MAX_TOKEN_LENGTH || token.indexOf(0) >= 0) {
            faults.add(new Problem.Fault("/token", "expected: 1 to " + Device.MAX_TOKEN_LENGTH + " characters"));
        }
        Optional<Platform> platform =
                Optional.ofNullable(registration.platform()).flatMap(Platform::ofLabel);
        if (platform.isEmpty()) {
            faults.add(new Problem.Fault("/platform", "expected: android, ios or web"));
        }
        if (!faults.isEmpty()) {
            return Problem.invalid(faults).response();
        }
        Device device = devices.register(new Device(
                user.getName(), id, token, platform.orElseThrow(), registration.appVersion(), Instant.EPOCH));
        return HttpResponse.ok(new Registered(
                device.id(), device.platform().label(), device.registeredAt().toString()));
    }

    @Delete("/{id}")
    MutableHttpResponse<?> unregister(String id, Authentication user) {
        if (!devices.unregister(user.getName(), id)) {
            return Problem.notFound("device").response();
        }
        return HttpResponse.noContent();
    }
}
