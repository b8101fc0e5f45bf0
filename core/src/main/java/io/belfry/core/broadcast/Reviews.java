package io.belfry.core.broadcast;

import io.belfry.core.segment.Segments;
import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/// Four eyes: what goes to many is approved by somebody who did not write it. An approval counts for exactly what
/// was looked at ([ReviewHash]); nobody who wrote at a draft, or asked for its approval, can give it. Thread-safe;
/// blocks on the database.
@Singleton
public final class Reviews {
    private static final String COLUMNS =
            "id, hash, people, asked_by, asked_at, verdict, decided_by, decided_at, remark";

    /// Requests that are looked at; those before them are voided by edits, most likely.
    private static final int WAITING = 100;

    private final Jdbi jdbi;

    public Reviews(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /// What came of an act. All but [Done] changed nothing.
    public sealed interface Outcome {
        record Done(Review review) implements Outcome {}

        /// It is not what was looked at.
        record Changed() implements Outcome {}

        /// Whoever writes or asks does not approve.
        record OwnWork() implements Outcome {}

        /// Nobody asked, or somebody has decided already.
        record NotAsked() implements Outcome {}

        record NotDraft() implements Outcome {}
    }

    /// Asks for the approval of a draft as it is. Asked twice for the same, it is asked once.
    ///
    /// @param hash of what the operator looked at
    /// @param people whom it reaches
    public Outcome ask(UUID broadcast, ReviewHash hash, long people, String by) {
        return jdbi.inTransaction(h -> {
            Optional<Broadcast> found = lock(h, broadcast);
            if (found.isEmpty()) {
                return new Outcome.NotDraft();
            }
            if (!hash(h, found.get()).equals(hash)) {
                return new Outcome.Changed();
            }
            Optional<Review> open = latest(h, broadcast).filter(Review::isOpen).filter(r -> r.hash()
                    .equals(hash));
            return new Outcome.Done(open.orElseGet(() -> insert(h, broadcast, hash, people, by)));
        });
    }

    private static Review insert(Handle h, UUID broadcast, ReviewHash hash, long people, String by) {
        return h.createQuery("insert into broadcast_reviews (broadcast_id, hash, people, asked_by)"
                        + " values (:broadcast, :hash, :people, :by) returning " + COLUMNS)
                .bind("broadcast", broadcast)
                .bind("hash", hash.bytes())
                .bind("people", people)
                .bind("by", by)
                .map((row, c) -> review(row))
                .one();
    }

    /// @param hash of what the approver looked at
    /// @param remark for the author
    public Outcome decide(UUID broadcast, ReviewHash hash, Review.Verdict verdict, String by, String remark) {
        return jdbi.inTransaction(h -> {
            Optional<Broadcast> found = lock(h, broadcast);
            if (found.isEmpty()) {
                return new Outcome.NotDraft();
            }
            if (!hash(h, found.get()).equals(hash)) {
                return new Outcome.Changed();
            }
            Optional<Review> open = latest(h, broadcast).filter(Review::isOpen).filter(r -> r.hash()
                    .equals(hash));
            if (open.isEmpty()) {
                return new Outcome.NotAsked();
            }
            return authors(found.get(), open.get()).contains(by)
                    ? new Outcome.OwnWork()
                    : new Outcome.Done(update(h, open.get(), verdict, by, remark));
        });
    }

    private static Review update(Handle h, Review review, Review.Verdict verdict, String by, String remark) {
        return h.createQuery("update broadcast_reviews set verdict = :verdict, decided_by = :by, decided_at = now(),"
                        + " remark = :remark where id = :id returning " + COLUMNS)
                .bind("verdict", verdict.name().toLowerCase(Locale.ROOT))
                .bind("by", by)
                .bind("remark", remark)
                .bind("id", review.id())
                .map((row, c) -> review(row))
                .one();
    }

    /// Those who may not approve it.
    private static Set<String> authors(Broadcast broadcast, Review review) {
        var authors = new TreeSet<>(broadcast.authors());
        authors.add(broadcast.createdBy());
        authors.add(review.askedBy());
        return authors;
    }

    /// Whether somebody may approve what an open review asks for.
    public static boolean mayDecide(Broadcast broadcast, Review review, String operator) {
        return review.isOpen() && !authors(broadcast, review).contains(operator);
    }

    /// The last review of a draft, if it is about the draft as it is now.
    public Optional<Review> current(Broadcast broadcast) {
        return jdbi.withHandle(h -> current(h, broadcast));
    }

    static Optional<Review> current(Handle h, Broadcast broadcast) {
        return latest(h, broadcast.id()).filter(r -> r.hash().equals(hash(h, broadcast)));
    }

    /// A draft that waits for somebody's approval.
    public record Waiting(Broadcast broadcast, Review review) {}

    /// What an operator may decide, in the order in which it was asked for.
    public List<Waiting> waitingFor(String operator, int limit) {
        return jdbi.withHandle(h -> h
                .createQuery("select " + COLUMNS + ", broadcast_id from broadcast_reviews r where verdict is null"
                        + " and exists (select 1 from broadcasts b where b.id = r.broadcast_id and b.state = 'draft')"
                        + " order by asked_at desc limit :limit")
                .bind("limit", WAITING)
                .map((row, c) -> Map.entry(row.getObject("broadcast_id", UUID.class), review(row)))
                .list()
                .reversed()
                .stream()
                .flatMap(asked -> Starting.find(h, asked.getKey(), "").stream()
                        .filter(draft -> current(h, draft)
                                .filter(asked.getValue()::equals)
                                .isPresent())
                        .filter(draft -> mayDecide(draft, asked.getValue(), operator))
                        .map(draft -> new Waiting(draft, asked.getValue())))
                .limit(limit)
                .toList());
    }

    /// What reviews of a draft would be bound to.
    public ReviewHash hash(Broadcast broadcast) {
        return jdbi.withHandle(h -> hash(h, broadcast));
    }

    private static ReviewHash hash(Handle h, Broadcast broadcast) {
        return ReviewHash.of(
                broadcast,
                broadcast.audience() instanceof Audience.Segment(String segment)
                        ? Segments.ruleText(h, segment)
                        : Optional.empty());
    }

    /// All of a broadcast, the newest first.
    public List<Review> of(UUID broadcast) {
        return jdbi.withHandle(h -> h.createQuery("select " + COLUMNS
                        + " from broadcast_reviews where broadcast_id = :id order by id desc limit 50")
                .bind("id", broadcast)
                .map((row, c) -> review(row))
                .list());
    }

    private static Optional<Review> latest(Handle h, UUID broadcast) {
        return h.createQuery("select " + COLUMNS
                        + " from broadcast_reviews where broadcast_id = :id order by id desc limit 1")
                .bind("id", broadcast)
                .map((row, c) -> review(row))
                .findOne();
    }

    private static Optional<Broadcast> lock(Handle h, UUID broadcast) {
        return Starting.find(h, broadcast, " for update").filter(b -> b.state() == BroadcastState.DRAFT);
    }

    private static Review review(ResultSet row) throws SQLException {
        String verdict = row.getString("verdict");
        return new Review(
                row.getObject("id", UUID.class),
                ReviewHash.of(row.getBytes("hash")),
                row.getLong("people"),
                row.getString("asked_by"),
                row.getTimestamp("asked_at").toInstant(),
                verdict == null
                        ? Optional.empty()
                        : Optional.of(new Review.Decision(
                                Review.Verdict.valueOf(verdict.toUpperCase(Locale.ROOT)),
                                row.getString("decided_by"),
                                row.getTimestamp("decided_at").toInstant(),
                                row.getString("remark"))));
    }
}
