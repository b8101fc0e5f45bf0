package io.belfry.dispatcher.maintenance;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;
import java.time.LocalTime;

/// What is done once a day (`belfry.maintenance`), and for how long things are kept. What lies in weekly partitions is
/// kept for up to a week longer.
///
/// @param at when, in UTC; after a longer pause at once
/// @param batch inboxes, or rows, changed in one transaction
/// @param partitionsAhead how far ahead there are partitions
/// @param keepNotifications in inboxes; older ones go, and the counts with them
/// @param keepEvents the requests with their data; at least as long as their notifications
/// @param keepAttempts what was tried to push
/// @param keepAnnouncements broadcasts in inboxes, and who was addressed, unless they are valid for longer
/// @param keepDevices that neither registered again nor, as far as receipts are kept, received anything; providers have
///     forgotten the token by then
/// @param keepIdempotencyKeys how long a repeated request is recognised; at least a day
@ConfigurationProperties("belfry.maintenance")
public record MaintenanceSettings(
        @Bindable(defaultValue = "03:00") LocalTime at,
        @Bindable(defaultValue = "500") @Min(1) @Max(10_000) int batch,
        @Bindable(defaultValue = "35d") Duration partitionsAhead,
        @Bindable(defaultValue = "90d") Duration keepNotifications,
        @Bindable(defaultValue = "90d") Duration keepEvents,
        @Bindable(defaultValue = "30d") Duration keepAttempts,
        @Bindable(defaultValue = "90d") Duration keepAnnouncements,
        @Bindable(defaultValue = "270d") Duration keepDevices,
        @Bindable(defaultValue = "24h") Duration keepIdempotencyKeys) {

    public MaintenanceSettings {
        atLeast("partitions-ahead", partitionsAhead, Duration.ofDays(8));
        atLeast("keep-notifications", keepNotifications, Duration.ofDays(1));
        atLeast("keep-events", keepEvents, keepNotifications);
        atLeast("keep-attempts", keepAttempts, Duration.ofDays(1));
        atLeast("keep-announcements", keepAnnouncements, Duration.ofDays(1));
        atLeast("keep-devices", keepDevices, Duration.ofDays(1));
        atLeast("keep-idempotency-keys", keepIdempotencyKeys, Duration.ofHours(24));
    }

    private static void atLeast(String name, Duration value, Duration least) {
        if (value.compareTo(least) < 0) {
            throw new IllegalArgumentException(
                    "belfry.maintenance." + name + ": " + value + " (expected: at least " + least + ")");
        }
    }
}
