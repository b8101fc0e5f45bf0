package io.belfry.dispatcher.push;

import io.belfry.core.category.Category;
import io.belfry.core.category.PushUnless;
import io.belfry.core.decision.Circumstances;
import io.belfry.core.decision.Decisions;
import io.belfry.core.decision.SuppressionReason;
import io.belfry.core.decision.Verdict;
import io.belfry.core.device.Platform;
import io.belfry.core.event.EventId;
import io.belfry.core.event.Priority;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/// A push whose time has come, as the database had it when it was claimed.
///
/// @param claim by which this dispatcher holds it
/// @param dueAt when it was due
/// @param unread the inbox's count, for the badge
/// @param expiresAt when nobody wants it any more, if that was said
/// @param collapseKey a push with the same one takes its place on the phone
/// @param topic of its event, where the push was put off
/// @param gone why it is not in the list any more
/// @param person what the user chose, as it is now
/// @param received the furthest offset that any device has proved
/// @param since when it came back to the list, if it did
/// @param isReleased whether a person let it go, quiet hours or not
record DuePush(
        UUID claim,
        String userId,
        long offset,
        UUID notificationId,
        Priority priority,
        Instant dueAt,
        String type,
        String category,
        String title,
        String body,
        String link,
        Optional<Instant> expiresAt,
        Optional<String> collapseKey,
        Optional<String> topic,
        Optional<SuppressionReason> gone,
        Circumstances.Person person,
        int unread,
        boolean read,
        boolean seen,
        long received,
        Optional<Instant> since,
        boolean isReleased,
        List<Target> targets) {

    /// One device to push to.
    ///
    /// @param received the offset that this device has proved
    /// @param tries so far, rounds without a try (the provider was down) not counted
    /// @param unclear tries whose answer was lost, or that a dead dispatcher left behind
    /// @param settled whether a try was accepted or failed for good
    record Target(
            String deviceId, String token, Platform platform, long received, int tries, int unclear, boolean settled) {}

    /// When nobody wants it any more.
    Instant expires() {
        Instant latest =
                since.orElseGet(() -> EventId.acceptedAt(notificationId)).plus(PushMessage.LONGEST_TTL);
        return expiresAt.filter(at -> at.isBefore(latest)).orElse(latest);
    }

    /// The last look: what would be decided now. The user may have chosen otherwise since, or it has become night.
    ///
    /// @param passage whom anything may reach here
    Verdict verdict(Category category, Circumstances.Passage passage, Instant now) {
        var subject = new Circumstances.Subject(priority, topic, Optional.of(expires()), passage);
        return Decisions.decide(new Circumstances(subject, category, person, Circumstances.Recent.NOTHING, now))
                .push();
    }

    /// Why it is not needed any more. Pure.
    Optional<SuppressionReason> needless(PushUnless unless, Instant now) {
        if (gone.isPresent()) {
            return gone;
        }
        if (read) {
            return Optional.of(SuppressionReason.READ);
        }
        if (!now.isBefore(expires())) {
            return Optional.of(SuppressionReason.EXPIRED);
        }
        return switch (unless) {
            case RECEIVED -> received >= offset ? Optional.of(SuppressionReason.RECEIVED) : Optional.empty();
            case SEEN -> seen ? Optional.of(SuppressionReason.SEEN) : Optional.empty();
            case READ -> Optional.empty();
        };
    }

    /// The next try to one of its devices.
    ///
    /// @param now the provider keeps it for what is left of its time from then
    PushTry next(Target target, UUID id, Instant now) {
        var message = new PushMessage(
                target.token,
                target.platform,
                notificationId,
                type,
                title == null ? type : title,
                body,
                link,
                OptionalInt.of(unread),
                collapseKey.orElseGet(notificationId::toString),
                category,
                priority,
                Duration.between(now, expires()));
        return new PushTry(
                id, notificationId, userId, target.deviceId, target.tries + 1, target.unclear, message, expires());
    }

    /// The devices that neither proved receipt nor are done with, and to which one more try is allowed.
    List<Target> open(RetryPolicy retries) {
        return targets.stream()
                .filter(t -> t.received < offset && !t.settled && retries.isAllowed(t.tries, t.unclear))
                .toList();
    }
}
