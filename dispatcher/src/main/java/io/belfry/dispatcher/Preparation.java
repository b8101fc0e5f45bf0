package io.belfry.dispatcher;

import io.belfry.core.category.Categories;
import io.belfry.core.category.Category;
import io.belfry.core.decision.Circumstances;
import io.belfry.core.decision.Decision;
import io.belfry.core.decision.Decisions;
import io.belfry.core.decision.Recipient;
import io.belfry.core.decision.Recipients;
import io.belfry.core.decision.Verdict;
import io.belfry.core.inbox.NewNotification;
import io.belfry.core.inbox.NotificationId;
import io.belfry.core.template.Rendered;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Decides and words the notifications of one batch. Reads what it needs in a few queries, whatever their number.
/// Thread-safe; blocks on the database.
@Singleton
final class Preparation {
    private final Recipients recipients;
    private final Categories categories;
    private final Wording wording;
    private final Clock clock;

    Preparation(Recipients recipients, Categories categories, Wording wording, Clock clock) {
        this.recipients = recipients;
        this.categories = categories;
        this.wording = wording;
        this.clock = clock;
    }

    /// @param listed go into inboxes
    /// @param unlisted are in none; they have no words
    /// @param strangers users that are not known yet
    record Prepared(List<NewNotification> listed, List<NewNotification> unlisted, List<String> strangers) {}

    Prepared prepare(Connection connection, List<Expansion.Pair> pairs) throws SQLException {
        Set<String> users = new HashSet<>();
        pairs.forEach(pair -> users.add(pair.user()));
        Map<String, Recipient> known = recipients.load(connection, users);
        Wording.OfBatch words = wording.ofBatch();
        var listed = new ArrayList<NewNotification>(pairs.size());
        var unlisted = new ArrayList<NewNotification>();
        Instant now = clock.instant();
        for (Expansion.Pair pair : pairs) {
            Recipient recipient = known.get(pair.user());
            Decision decision = decide(pair.event(), recipient, now);
            if (decision.inbox() instanceof Verdict.Suppress) {
                unlisted.add(notification(pair.event(), recipient, decision, Rendered.NOTHING));
            } else {
                listed.add(notification(pair.event(), recipient, decision, words.of(pair.event(), recipient)));
            }
        }
        List<String> strangers = known.values().stream()
                .filter(recipient -> !recipient.isKnown())
                .map(Recipient::id)
                .toList();
        return new Prepared(listed, unlisted, strangers);
    }

    private Decision decide(ClaimedEvent event, Recipient recipient, Instant now) {
        Category category = categories.find(event.category()).orElseGet(() -> categories.ofType(event.type()));
        var subject = new Circumstances.Subject(event.priority(), event.topic(), Optional.empty());
        return Decisions.decide(
                new Circumstances(subject, category, recipient.person(), Circumstances.Recent.NOTHING, now));
    }

    private static NewNotification notification(
            ClaimedEvent event, Recipient recipient, Decision decision, Rendered text) {
        return new NewNotification(
                NotificationId.of(event.id(), recipient.id()),
                recipient.id(),
                event.id(),
                event.type(),
                event.category(),
                event.priority(),
                text.title(),
                text.body(),
                text.link(),
                decision);
    }
}
