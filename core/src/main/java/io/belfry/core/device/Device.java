package io.belfry.core.device;

import java.time.Instant;
import java.util.Optional;

/// An app installation that can be pushed to.
///
/// @param id chosen by the installation, the same `deviceId` with which it connects
/// @param token its push address; exactly one device has it
/// @param registeredAt renewed by every registration
public record Device(
        String userId, String id, String token, Platform platform, Optional<String> appVersion, Instant registeredAt) {
    public static final int MAX_TOKEN_LENGTH = 4096;

    @Override
    public String toString() {
        return "Device[userId=" + userId + ", id=" + id + ", token=[REDACTED], platform=" + platform + "]";
    }
}
