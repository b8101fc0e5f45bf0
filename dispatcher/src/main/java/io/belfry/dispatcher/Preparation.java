package io.belfry.dispatcher;

import io.belfry.core.category.Categories;
import io.belfry.core.decision.Decision;
import io.belfry.core.decision.Deliberation;
import io.belfry.core.decision.Recipient;
import io.belfry.core.decision.SuppressionReason;
import io.belfry.core.decision.Verdict;
import io.belfry.core.inbox.NewNotification;
import io.belfry.core.inbox.NotificationId;
import io.belfry.core.template.Rendered;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Decides and words the notifications of one batch. Reads what it needs in a few queries, whatever their number.
/// Thread-safe; blocks on the database.
@Singleton
final class Preparation {
    private static final Decision SUPERSEDED = Decision.none(SuppressionReason.SUPERSEDED);

    private final Deliberation deliberation;
    private final Categories categories;
    private final Wording wording;
    private final Clock clock;

    Preparation(Deliberation deliberation, Categories categories, Wording wording, Clock clock) {
        this.deliberation = deliberation;
        this.categories = categories;
        this.wording = wording;
        this.clock = clock;
    }

    /// @param listed go into inboxes
    /// @param unlisted are in none; they have no words
    /// @param strangers users that are not known yet
    record Prepared(List<NewNotification> listed, List<NewNotification> unlisted, List<String> strangers) {}

    Prepared prepare(Connection connection, List<Expansion.Pair> pairs) throws SQLException {
        Map<ClaimedEvent, Deliberation.Matter> matters = new IdentityHashMap<>();
        var questions = new ArrayList<Deliberation.Question>(pairs.size());
        for (Expansion.Pair pair : pairs) {
            questions.add(new Deliberation.Question(matters.computeIfAbsent(pair.event(), this::matter), pair.user()));
        }
        Deliberation.Answers answers = deliberation.decide(connection, questions, clock.instant());
        Wording.OfBatch words = wording.ofBatch();
        Set<Expansion.Pair> superseded = superseded(pairs, answers.decisions());
        var listed = new ArrayList<NewNotification>(pairs.size());
        var unlisted = new ArrayList<NewNotification>();
        for (int i = 0; i < pairs.size(); i++) {
            Expansion.Pair pair = pairs.get(i);
            Recipient recipient = answers.recipients().get(pair.user());
            Decision decision = answers.decisions().get(i);
            if (decision.inbox() instanceof Verdict.Suppress) {
                unlisted.add(notification(pair.event(), recipient, decision, Rendered.NOTHING));
            } else if (superseded.contains(pair)) {
                unlisted.add(notification(pair.event(), recipient, SUPERSEDED, Rendered.NOTHING));
            } else {
                listed.add(notification(pair.event(), recipient, decision, words.of(pair.event(), recipient)));
            }
        }
        List<String> strangers = answers.recipients().values().stream()
                .filter(recipient -> !recipient.isKnown())
                .map(Recipient::id)
                .toList();
        return new Prepared(listed, unlisted, strangers);
    }

    private Deliberation.Matter matter(ClaimedEvent event) {
        return new Deliberation.Matter(
                event.type(),
                categories.of(event.category(), event.type()),
                event.priority(),
                event.topic(),
                event.options(),
                event.data(),
                event.passage());
    }

    /// Those after which a newer one with the same collapse key comes to the same user in this very batch.
    private static Set<Expansion.Pair> superseded(List<Expansion.Pair> pairs, List<Decision> decisions) {
        Set<Expansion.Pair> superseded = Collections.newSetFromMap(new IdentityHashMap<>());
        Map<String, Expansion.Pair> latest = new HashMap<>();
        for (int i = 0; i < pairs.size(); i++) {
            Expansion.Pair pair = pairs.get(i);
            Optional<String> key = pair.event().options().collapseKey();
            if (key.isPresent() && decisions.get(i).inbox() instanceof Verdict.Send) {
                Expansion.Pair older = latest.put(pair.user() + " " + key.get(), pair);
                if (older != null) {
                    superseded.add(older);
                }
            }
        }
        return superseded;
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
                decision,
                event.options().expires(),
                event.options().collapseKey());
    }
}
