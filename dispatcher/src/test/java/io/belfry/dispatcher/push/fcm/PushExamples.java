package io.belfry.dispatcher.push.fcm;

import io.belfry.core.device.Platform;
import io.belfry.core.event.Priority;
import io.belfry.dispatcher.push.PushMessage;
import io.belfry.dispatcher.push.PushSettings;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.UUID;

/// Pushes and settings for tests.
final class PushExamples {
    static final UUID ID = UUID.fromString("0196a4c8-3f00-8000-8000-0123456789ab");

    private PushExamples() {}

    static PushMessage to(String token) {
        return push(token, Platform.ANDROID, Priority.NORMAL, "Order shipped", "It arrives tomorrow.");
    }

    static PushMessage push(String token, Platform platform, Priority priority, String title, String body) {
        return new PushMessage(
                token,
                platform,
                ID,
                "order.shipped",
                title,
                body,
                "https://shop.example/orders/123",
                OptionalInt.of(3),
                ID.toString(),
                "orders",
                priority,
                Duration.ofHours(4));
    }

    static PushSettings settings(String endpoint, String credentials, int maxInFlight) {
        return settings(endpoint, credentials, maxInFlight, Duration.ofSeconds(1));
    }

    /// @param timeout for a connection, and for an answer
    static PushSettings settings(String endpoint, String credentials, int maxInFlight, Duration timeout) {
        return new PushSettings(
                true,
                credentials,
                null,
                endpoint,
                timeout,
                timeout,
                maxInFlight,
                new PushSettings.Retry(Duration.ofSeconds(2), Duration.ofMinutes(5), 8, 1),
                new PushSettings.Circuit(20, 100, 0.5, Duration.ofSeconds(1), Duration.ofSeconds(60), 3));
    }
}
