package io.belfry.dispatcher.broadcast;

import io.belfry.core.broadcast.Broadcast;
import io.belfry.core.broadcast.Content;
import io.belfry.core.category.Category;
import io.belfry.core.decision.Circumstances;
import io.belfry.core.decision.Decisions;
import io.belfry.core.decision.Verdict;
import io.belfry.dispatcher.push.PushMessage;
import io.belfry.dispatcher.push.PushTry;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/// The pushes of one broadcast, in the hands of the dispatcher that has the claim.
///
/// @param begin the last device that was looked at before
record PushJob(UUID claim, Broadcast broadcast, Cursor begin) {
    /// What apps see as the type of the notification.
    private static final String TYPE = "announcement";

    /// A place in the order of users and their devices.
    record Cursor(String userId, String deviceId) {}

    UUID id() {
        return broadcast.id();
    }

    /// When nobody wants its pushes any more.
    Instant expires() {
        Instant longest = sentAt().plus(PushMessage.LONGEST_TTL);
        return broadcast.validUntil().filter(longest::isAfter).orElse(longest);
    }

    Instant sentAt() {
        return broadcast.finishedAt().orElseThrow();
    }

    /// What is decided for somebody, as for a notification.
    Verdict verdict(Category category, Circumstances.Person person, Instant now) {
        return Decisions.decide(new Circumstances(
                        new Circumstances.Subject(
                                broadcast.priority(), broadcast.audience().topicName(), Optional.of(expires())),
                        category,
                        person,
                        Circumstances.Recent.NOTHING,
                        now))
                .push();
    }

    /// The next try to a device.
    ///
    /// @param now before [#expires]
    PushTry next(Addressee device, UUID id, Instant now, String fallbackLocale) {
        Content content = Content.bestOf(broadcast.contents(), device.locale(), fallbackLocale);
        var message = new PushMessage(
                device.token(),
                device.platform(),
                broadcast.id(),
                TYPE,
                content.title(),
                content.body(),
                content.link(),
                OptionalInt.empty(),
                broadcast.id().toString(),
                broadcast.category(),
                broadcast.priority(),
                Duration.between(now, expires()));
        return new PushTry(
                id,
                broadcast.id(),
                device.userId(),
                device.deviceId(),
                device.tries() + 1,
                device.unclear(),
                message,
                expires());
    }
}
