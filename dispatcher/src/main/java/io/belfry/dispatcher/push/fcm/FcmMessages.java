package io.belfry.dispatcher.push.fcm;

import com.google.firebase.messaging.AndroidConfig;
import com.google.firebase.messaging.AndroidNotification;
import com.google.firebase.messaging.ApnsConfig;
import com.google.firebase.messaging.Aps;
import com.google.firebase.messaging.Message;
import com.google.firebase.messaging.Notification;
import com.google.firebase.messaging.WebpushConfig;
import com.google.firebase.messaging.WebpushFcmOptions;
import com.google.firebase.messaging.WebpushNotification;
import io.belfry.core.event.Priority;
import io.belfry.dispatcher.push.PushMessage;
import io.micronaut.core.annotation.Nullable;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;

/// Turns a push into FCM's message: what is shown, `data` with `id`, `type` and `link` for the app, and the block of
/// the device's own platform only. Pure.
///
/// FCM takes 4,096 bytes and does not say what it counts, so the whole message as JSON, token excepted, is kept under
/// [#MAX_PAYLOAD_BYTES]. Title and body give way: the title keeps at least a third. A link, type or category that is
/// itself too long is left out, since a cut one would be a wrong one; the app finds the notification by its id.
final class FcmMessages {
    static final int MAX_PAYLOAD_BYTES = 4000;

    /// Names, braces, numbers and constants of the largest platform's message, with room to spare.
    private static final int FRAME_BYTES = 560;
    private static final int MAX_LINK_BYTES = 1024;
    private static final int MAX_NAME_BYTES = 256;
    private static final int MAX_COLLAPSE_BYTES = 64;

    private FcmMessages() {}

    /// @param now from which the time to live counts
    static Message of(PushMessage push, Instant now) {
        Parts parts = Parts.of(push);
        Message.Builder message =
                Message.builder().putData("id", push.notificationId().toString());
        address(message, push.deviceToken());
        if (!parts.type.isEmpty()) {
            message.putData("type", parts.type);
        }
        if (!parts.link.isEmpty()) {
            message.putData("link", parts.link);
        }
        if (push.purpose() == PushMessage.Purpose.WITHDRAW) {
            // By this name the platform's tray knows it: Android's tag, Apple's request identifier, the web's tag.
            message.putData("withdrawn", parts.collapseId);
        }
        if (push.isVisible()) {
            message.setNotification(Notification.builder()
                    .setTitle(parts.title.isEmpty() ? null : parts.title)
                    .setBody(parts.body.isEmpty() ? null : parts.body)
                    .build());
        }
        return switch (push.platform()) {
            case ANDROID -> message.setAndroidConfig(android(push, parts)).build();
            case IOS -> message.setApnsConfig(apns(push, parts, now)).build();
            case WEB -> message.setWebpushConfig(webpush(push, parts)).build();
        };
    }

    /// Firebase installation ids are to replace tokens, but today's client SDKs hand out tokens.
    @SuppressWarnings("deprecation")
    private static void address(Message.Builder message, String token) {
        message.setToken(token);
    }

    /// What varies in length, fitted together.
    private record Parts(String title, String body, String type, String link, String category, String collapseId) {
        static Parts of(PushMessage push) {
            String type = whole(push.type(), MAX_NAME_BYTES);
            String link = whole(push.link(), MAX_LINK_BYTES);
            String category = whole(push.category(), MAX_NAME_BYTES);
            String collapseId = FcmMessages.collapseId(push.collapseId());
            // The web's block repeats the link.
            int rest =
                    JsonText.bytes(type) + 2 * JsonText.bytes(link) + JsonText.bytes(category) + 2 * MAX_COLLAPSE_BYTES;
            int room = MAX_PAYLOAD_BYTES - FRAME_BYTES - rest;
            String body = wellFormed(push.body());
            String title = JsonText.cut(wellFormed(push.title()), Math.max(room / 3, room - JsonText.bytes(body)));
            return new Parts(title, JsonText.cut(body, room - JsonText.bytes(title)), type, link, category, collapseId);
        }

        private static String whole(@Nullable String text, int maxBytes) {
            String value = wellFormed(text);
            return JsonText.bytes(value) <= maxBytes ? value : "";
        }

        private static String wellFormed(@Nullable String text) {
            return text == null ? "" : JsonText.wellFormed(text);
        }
    }

    private static AndroidConfig android(PushMessage push, Parts parts) {
        AndroidConfig.Builder android = AndroidConfig.builder()
                .setTtl(ttl(push).toMillis())
                .setPriority(
                        push.priority() == Priority.BULK ? AndroidConfig.Priority.NORMAL : AndroidConfig.Priority.HIGH);
        if (!push.isVisible()) {
            return android.build();
        }
        AndroidNotification.Builder shown = AndroidNotification.builder()
                .setTag(parts.collapseId)
                .setPriority(
                        switch (push.priority()) {
                            case CRITICAL -> AndroidNotification.Priority.MAX;
                            case HIGH -> AndroidNotification.Priority.HIGH;
                            case NORMAL -> AndroidNotification.Priority.DEFAULT;
                            case BULK -> AndroidNotification.Priority.LOW;
                        });
        if (!parts.category.isEmpty()) {
            shown.setChannelId(parts.category);
        }
        push.badge().ifPresent(shown::setNotificationCount);
        return android.setNotification(shown.build()).build();
    }

    private static ApnsConfig apns(PushMessage push, Parts parts, Instant now) {
        Aps.Builder aps = Aps.builder();
        push.badge().ifPresent(aps::setBadge);
        if (push.isVisible()) {
            if (!parts.category.isEmpty()) {
                aps.setThreadId(parts.category);
            }
            if (push.priority() != Priority.BULK) {
                aps.setSound("default");
            }
            aps.putCustomData(
                    "interruption-level",
                    switch (push.priority()) {
                        case CRITICAL, HIGH -> "time-sensitive";
                        case NORMAL -> "active";
                        case BULK -> "passive";
                    });
        } else {
            aps.setContentAvailable(true);
        }
        // Apple refuses priority 10 for what shows nothing.
        boolean atOnce = push.isVisible() && push.priority() != Priority.BULK;
        return ApnsConfig.builder()
                .putHeader("apns-collapse-id", parts.collapseId)
                .putHeader("apns-priority", atOnce ? "10" : "5")
                .putHeader("apns-expiration", expiration(push, now))
                .setAps(aps.build())
                .build();
    }

    private static WebpushConfig webpush(PushMessage push, Parts parts) {
        WebpushConfig.Builder webpush = WebpushConfig.builder()
                .putHeader("TTL", String.valueOf(ttl(push).toSeconds()))
                .putHeader("Topic", hash(parts.collapseId, 24))
                .putHeader(
                        "Urgency",
                        switch (push.priority()) {
                            case CRITICAL, HIGH -> "high";
                            case NORMAL -> "normal";
                            case BULK -> "low";
                        });
        if (push.isVisible()) {
            webpush.setNotification(
                    WebpushNotification.builder().setTag(parts.collapseId).build());
        }
        if (isHttps(parts.link)) {
            webpush.setFcmOptions(
                    WebpushFcmOptions.builder().setLink(parts.link).build());
        }
        return webpush.build();
    }

    private static Duration ttl(PushMessage push) {
        return push.ttl().compareTo(PushMessage.LONGEST_TTL) > 0 ? PushMessage.LONGEST_TTL : push.ttl();
    }

    /// Zero tells Apple to try once; an instant that has just passed would be the same with less meaning.
    private static String expiration(PushMessage push, Instant now) {
        return ttl(push).isZero() ? "0" : String.valueOf(now.plus(ttl(push)).getEpochSecond());
    }

    /// Apple takes 64 bytes; a longer one is replaced by its hash, which collapses the same.
    private static String collapseId(String id) {
        String value = JsonText.wellFormed(id);
        return JsonText.bytes(value) <= MAX_COLLAPSE_BYTES ? value : hash(value, 32);
    }

    private static String hash(String text, int bytes) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(digest, bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static boolean isHttps(String link) {
        try {
            URI uri = URI.create(link);
            return "https".equalsIgnoreCase(uri.getScheme()) && uri.getHost() != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
