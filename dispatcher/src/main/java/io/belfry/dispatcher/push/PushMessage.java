package io.belfry.dispatcher.push;

import io.belfry.core.device.Platform;
import io.belfry.core.event.Priority;
import io.micronaut.core.annotation.Nullable;
import java.time.Duration;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.UUID;

/// A notification on its way to one device. Never the event's data: providers take only a few kilobytes, and the app
/// reads the rest from the inbox by `notificationId`.
///
/// @param deviceToken the device's address at the provider
/// @param notificationId what the app looks up, and by which it drops a push that it has seen
/// @param type the event's type
/// @param title as long as it likes, the provider cuts it; null when there is none
/// @param body likewise; a message with neither title nor body is handed to the app without showing anything
/// @param link where a tap leads, absolute or within the app; null when nowhere
/// @param badge the number on the app's icon; empty leaves it as it is
/// @param collapseId a push with the same one replaces the former on the device, which makes a re-send harmless
/// @param category names the Android channel and the group on iOS
/// @param ttl how long the provider keeps it for a device that is off; zero means now or never
public record PushMessage(
        String deviceToken,
        Platform platform,
        UUID notificationId,
        String type,
        @Nullable String title,
        @Nullable String body,
        @Nullable String link,
        OptionalInt badge,
        String collapseId,
        String category,
        Priority priority,
        Duration ttl,
        Purpose purpose) {

    /// What the phone is to do.
    public enum Purpose {
        /// Show it, in the place of one with the same collapse id.
        SHOW,
        /// Take away the one with the same collapse id; the app has to do it.
        WITHDRAW
    }

    /// One that is to be shown.
    public PushMessage(
            String deviceToken,
            Platform platform,
            UUID notificationId,
            String type,
            @Nullable String title,
            @Nullable String body,
            @Nullable String link,
            OptionalInt badge,
            String collapseId,
            String category,
            Priority priority,
            Duration ttl) {
        this(
                deviceToken,
                platform,
                notificationId,
                type,
                title,
                body,
                link,
                badge,
                collapseId,
                category,
                priority,
                ttl,
                Purpose.SHOW);
    }

    /// Providers keep a push for no longer, so nobody wants one for something older.
    public static final Duration LONGEST_TTL = Duration.ofDays(28);

    public PushMessage {
        Objects.requireNonNull(platform, "platform");
        Objects.requireNonNull(notificationId, "notificationId");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(category, "category");
        Objects.requireNonNull(priority, "priority");
        if (deviceToken.isBlank()) {
            throw new IllegalArgumentException("deviceToken: blank (expected: a provider's token)");
        }
        if (collapseId.isBlank()) {
            throw new IllegalArgumentException("collapseId: blank (expected: stable over re-sends)");
        }
        if (ttl.isNegative()) {
            throw new IllegalArgumentException("ttl: " + ttl + " (expected: >= 0)");
        }
        if (badge.isPresent() && badge.getAsInt() < 0) {
            throw new IllegalArgumentException("badge: " + badge.getAsInt() + " (expected: >= 0)");
        }
    }

    /// Whether a person sees anything when it arrives.
    public boolean isVisible() {
        return isText(title) || isText(body);
    }

    private static boolean isText(@Nullable String text) {
        return text != null && !text.isBlank();
    }

    @Override
    public String toString() {
        return "PushMessage[notificationId=" + notificationId + ", platform=" + platform + ", priority=" + priority
                + ", token and content=[REDACTED]]";
    }
}
