package io.belfry.dispatcher.push;

import io.belfry.core.device.Platform;
import io.belfry.core.event.EventId;
import io.belfry.core.event.Priority;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/// A push that a phone has and that is not true any more, as the database had it when it was claimed.
///
/// @param id the subject of its tries
/// @param notification or the broadcast
/// @param device where to; empty when it is gone
/// @param isDone whether its reader is done with it: it was read, or is not in the list any more
/// @param isUnderWay whether the push itself is being sent just now: it would arrive later and stay
/// @param number of the try that is to be made
record Correction(
        UUID id,
        UUID notification,
        String userId,
        String deviceId,
        Kind kind,
        Optional<Target> device,
        boolean isDone,
        boolean isUnderWay,
        int number,
        Words words) {
    /// What is to be done about it.
    enum Kind {
        REPLACE,
        WITHDRAW
    }

    record Target(String token, Platform platform) {}

    /// What the notification says now; of a broadcast nothing but its type and category.
    record Words(
            String type,
            String category,
            String title,
            String body,
            String link,
            Optional<String> collapseKey,
            Optional<Instant> expires,
            OptionalInt unread) {}

    /// What its reader is done with is not brought back to the tray, nor what nobody wants any more.
    boolean isNeedless(Instant now) {
        return device.isEmpty() || kind == Kind.REPLACE && (isDone || !now.isBefore(expires(now)));
    }

    /// A phone that is off is to drop it whenever it comes back.
    private Instant expires(Instant now) {
        if (kind == Kind.WITHDRAW) {
            return now.plus(PushMessage.LONGEST_TTL);
        }
        Instant latest = EventId.acceptedAt(notification).plus(PushMessage.LONGEST_TTL);
        return words.expires.filter(at -> at.isBefore(latest)).orElse(latest);
    }

    /// It makes no noise: nothing new has happened.
    PushTry next(Clock clock) {
        Instant now = clock.instant();
        boolean isShown = kind == Kind.REPLACE;
        var message = new PushMessage(
                device.orElseThrow().token,
                device.orElseThrow().platform,
                notification,
                words.type,
                isShown ? words.title == null ? words.type : words.title : null,
                isShown ? words.body : null,
                isShown ? words.link : null,
                words.unread,
                words.collapseKey.orElseGet(notification::toString),
                words.category,
                Priority.BULK,
                Duration.between(now, expires(now)),
                isShown ? PushMessage.Purpose.SHOW : PushMessage.Purpose.WITHDRAW);
        return new PushTry(PushTry.newId(clock), id, userId, deviceId, number, 0, message, expires(now));
    }
}
