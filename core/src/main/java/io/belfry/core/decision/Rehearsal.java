package io.belfry.core.decision;

import io.belfry.core.audience.Addressees;
import io.belfry.core.audience.RollCall;
import io.belfry.core.category.Medium;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/// Tells what would become of an event, by the very decisions of its dispatch, and leaves no trace: what they count is
/// rolled back. Thread-safe; blocks on the database.
@Singleton
public final class Rehearsal {
    /// Of a larger audience the first ones are looked at.
    public static final int MAX_RECIPIENTS = 100_000;

    /// Users that are named for each outcome.
    public static final int SAMPLE = 5;

    private static final int PAGE = 1000;

    private final Jdbi jdbi;
    private final RollCall rollCall;
    private final Deliberation deliberation;
    private final Clock clock;

    Rehearsal(Jdbi jdbi, RollCall rollCall, Deliberation deliberation, Clock clock) {
        this.jdbi = jdbi;
        this.rollCall = rollCall;
        this.deliberation = deliberation;
        this.clock = clock;
    }

    /// How often something would be decided for a medium.
    ///
    /// @param verdict send, defer or suppress
    /// @param reason empty where it is sent
    /// @param sample the first ones of the users
    public record Line(Medium medium, String verdict, Optional<String> reason, long count, List<String> sample) {
        private Line add(Line more) {
            return new Line(
                    medium,
                    verdict,
                    reason,
                    count + more.count,
                    Stream.concat(sample.stream(), more.sample.stream())
                            .limit(SAMPLE)
                            .toList());
        }
    }

    /// @param isWhole whether all of the audience was looked at
    public record Report(long recipients, boolean isWhole, List<Line> lines) {}

    /// What would be decided for one user.
    ///
    /// @param at when
    public record Part(Recipient recipient, Decision decision, Instant at) {}

    /// What would become of it for one user, were they among its recipients.
    public Part of(Deliberation.Matter matter, String user) {
        Instant at = matter.options().deliverAt().orElseGet(clock::instant);
        Deliberation.Answers answers =
                jdbi.inTransaction(h -> decide(h, List.of(new Deliberation.Question(matter, user)), at));
        return new Part(answers.recipients().get(user), answers.decisions().getFirst(), at);
    }

    public Report of(Deliberation.Matter matter, Addressees addressees) {
        Instant now = matter.options().deliverAt().orElseGet(clock::instant);
        Map<String, Line> lines = new TreeMap<>();
        long recipients = 0;
        Optional<String> after = Optional.empty();
        do {
            RollCall.Page page = call(addressees, after);
            recipients += page(matter, page.users(), now, lines);
            after = page.next();
        } while (after.isPresent() && recipients < MAX_RECIPIENTS);
        return new Report(recipients, after.isEmpty(), List.copyOf(lines.values()));
    }

    private RollCall.Page call(Addressees addressees, Optional<String> after) {
        try {
            return jdbi.<RollCall.Page, SQLException>withHandle(
                    h -> rollCall.call(h.getConnection(), addressees, after, PAGE));
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    private long page(Deliberation.Matter matter, List<String> users, Instant now, Map<String, Line> lines) {
        if (users.isEmpty()) {
            return 0;
        }
        List<Deliberation.Question> questions = users.stream()
                .map(user -> new Deliberation.Question(matter, user))
                .toList();
        List<Decision> decisions =
                jdbi.inTransaction(h -> decide(h, questions, now)).decisions();
        for (int i = 0; i < users.size(); i++) {
            count(lines, Medium.INBOX, decisions.get(i).inbox(), users.get(i));
            count(lines, Medium.LIVE, decisions.get(i).live(), users.get(i));
            count(lines, Medium.PUSH, decisions.get(i).push(), users.get(i));
        }
        return users.size();
    }

    private Deliberation.Answers decide(Handle h, List<Deliberation.Question> questions, Instant now) {
        try {
            Connection connection = h.getConnection();
            Savepoint before = connection.setSavepoint();
            Deliberation.Answers answers = deliberation.decide(connection, questions, now);
            connection.rollback(before);
            return answers;
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    private static void count(Map<String, Line> lines, Medium medium, Verdict verdict, String user) {
        Line one =
                switch (verdict) {
                    case Verdict.Send send -> new Line(medium, "send", Optional.empty(), 1, List.of(user));
                    case Verdict.Defer defer ->
                        new Line(medium, "defer", Optional.of(defer.reason().label()), 1, List.of(user));
                    case Verdict.Suppress suppress ->
                        new Line(
                                medium,
                                "suppress",
                                Optional.of(suppress.reason().label()),
                                1,
                                List.of(user));
                };
        lines.merge(medium.ordinal() + one.verdict + one.reason.orElse(""), one, Line::add);
    }
}
