package io.belfry.core.decision;

import io.belfry.core.category.Category;
import io.belfry.core.decision.Circumstances.Excess;
import io.belfry.core.decision.Circumstances.Passage;
import io.belfry.core.decision.Circumstances.Recent;
import io.belfry.core.decision.Circumstances.Subject;
import io.belfry.core.event.EventOptions;
import io.belfry.core.event.Priority;
import io.belfry.core.event.Throttle;
import jakarta.inject.Singleton;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// Decides for a whole batch: reads what [Decisions] needs to know in one query, and two statements more where some of
/// it is limited or looked at for duplicates. Stateless; blocks on the database.
@Singleton
public final class Deliberation {
    private final Recipients recipients;
    private final RecentUses recent;

    Deliberation(Recipients recipients, RecentUses recent) {
        this.recipients = recipients;
        this.recent = recent;
    }

    /// An event, as far as decisions go.
    ///
    /// @param data as JSON text
    public record Matter(
            String type,
            Category category,
            Priority priority,
            Optional<String> topic,
            EventOptions options,
            String data,
            Passage passage) {
        private Optional<Duration> dedupe() {
            return options.dedupe().or(category::dedupe);
        }

        /// None for what is critical: it always makes itself heard.
        private Optional<EventOptions.KeyedThrottle> throttle() {
            return priority == Priority.CRITICAL
                    ? Optional.empty()
                    : options.throttle().or(() -> category.throttle()
                            .map(throttle -> new EventOptions.KeyedThrottle(throttle, Optional.empty())));
        }
    }

    /// An event and one of its recipients. What reaches nobody counts for nothing.
    public record Question(Matter matter, String user) {
        private boolean mayReach(Map<String, Recipient> known) {
            return switch (matter.passage) {
                case FREE -> true;
                case SANDBOX -> known.get(user).person().mayGetTests();
                case STOPPED -> false;
            };
        }
    }

    /// @param decisions for each question, in their order
    public record Answers(Map<String, Recipient> recipients, List<Decision> decisions) {}

    /// Runs within the caller's transaction, which holds what was counted until it ends; rolled back, nothing was.
    public Answers decide(Connection connection, List<Question> questions, Instant now) throws SQLException {
        Set<String> users = new HashSet<>();
        questions.forEach(question -> users.add(question.user));
        Map<String, Recipient> known = recipients.load(connection, users);
        boolean[] duplicate = duplicates(connection, questions, known, now);
        List<Excess> excess = excess(connection, questions, known, duplicate, now);
        var decisions = new ArrayList<Decision>(questions.size());
        for (int i = 0; i < questions.size(); i++) {
            Matter matter = questions.get(i).matter;
            var subject = new Subject(matter.priority, matter.topic, matter.options.expires(), matter.passage);
            decisions.add(Decisions.decide(new Circumstances(
                    subject,
                    matter.category,
                    known.get(questions.get(i).user).person(),
                    duplicate[i] || !(excess.get(i) instanceof Excess.None)
                            ? new Recent(duplicate[i], excess.get(i))
                            : Recent.NOTHING,
                    now)));
        }
        return new Answers(known, decisions);
    }

    private boolean[] duplicates(
            Connection connection, List<Question> questions, Map<String, Recipient> known, Instant now)
            throws SQLException {
        boolean[] duplicate = new boolean[questions.size()];
        var asked = new ArrayList<Integer>();
        var uses = new ArrayList<RecentUses.Use>();
        Map<Matter, UUID> contents = new IdentityHashMap<>();
        for (int i = 0; i < duplicate.length; i++) {
            Question question = questions.get(i);
            Optional<Duration> window = question.matter.dedupe();
            if (window.isPresent() && question.mayReach(known)) {
                UUID content =
                        contents.computeIfAbsent(question.matter, matter -> key("content", matter.type, matter.data));
                asked.add(i);
                uses.add(new RecentUses.Use(question.user, content, window.get(), 0));
            }
        }
        if (!uses.isEmpty()) {
            List<RecentUses.Place> places = recent.take(connection, uses, now);
            for (int n = 0; n < asked.size(); n++) {
                duplicate[asked.get(n)] = places.get(n).number() > 1;
            }
        }
        return duplicate;
    }

    private List<Excess> excess(
            Connection connection,
            List<Question> questions,
            Map<String, Recipient> known,
            boolean[] duplicate,
            Instant now)
            throws SQLException {
        var excess = new ArrayList<>(Collections.<Excess>nCopies(questions.size(), new Excess.None()));
        var asked = new ArrayList<Integer>();
        var uses = new ArrayList<RecentUses.Use>();
        Map<String, UUID> keys = new HashMap<>();
        for (int i = 0; i < duplicate.length; i++) {
            Question question = questions.get(i);
            Optional<EventOptions.KeyedThrottle> throttle = question.matter.throttle();
            if (throttle.isPresent() && !duplicate[i] && question.mayReach(known)) {
                asked.add(i);
                uses.add(use(question, throttle.get(), keys));
            }
        }
        if (!uses.isEmpty()) {
            List<RecentUses.Place> places = recent.take(connection, uses, now);
            for (int n = 0; n < asked.size(); n++) {
                Throttle throttle = questions
                        .get(asked.get(n))
                        .matter
                        .throttle()
                        .orElseThrow()
                        .throttle();
                excess.set(asked.get(n), excess(throttle, places.get(n)));
            }
        }
        return excess;
    }

    private static RecentUses.Use use(Question question, EventOptions.KeyedThrottle keyed, Map<String, UUID> keys) {
        String category = question.matter.category.id();
        UUID key = keyed.key().isPresent()
                ? keys.computeIfAbsent(
                        "key " + keyed.key().get(),
                        named -> key("key", keyed.key().get(), ""))
                : keys.computeIfAbsent("category " + category, named -> key("category", category, ""));
        Throttle throttle = keyed.throttle();
        return new RecentUses.Use(
                question.user,
                key,
                throttle.window(),
                throttle.excess() == Throttle.Excess.DEFERRED ? throttle.limit() : 0);
    }

    private static Excess excess(Throttle throttle, RecentUses.Place place) {
        if (place.number() <= throttle.limit()) {
            return new Excess.None();
        }
        return switch (throttle.excess()) {
            case SILENT -> new Excess.Silent();
            case DEFERRED ->
                new Excess.Deferred(place.windowBegan()
                        .plus(throttle.window().multipliedBy((place.number() - 1) / throttle.limit())));
        };
    }

    /// Of what no text holds, a NUL, so that parts cannot run into one another.
    private static UUID key(String kind, String one, String other) {
        try {
            ByteBuffer hash = ByteBuffer.wrap(MessageDigest.getInstance("SHA-256")
                    .digest((kind + "\0" + one + "\0" + other).getBytes(StandardCharsets.UTF_8)));
            return new UUID(hash.getLong(), hash.getLong());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
