package io.belfry.core.broadcast;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/// The beginning of broadcasts: who may let one go, when its time has come, whom it reaches. Everything runs within the
/// caller's transaction, under the lock of the broadcast's row. Stateless.
final class Starting {
    private static final String DUE = """
            select id from broadcasts where state = 'scheduled' and starts_at <= :now
            order by priority, starts_at limit 1 for update skip locked
            """;

    private final ReleaseSettings settings;
    private final Testers testers;

    Starting(ReleaseSettings settings, Testers testers) {
        this.settings = settings;
        this.testers = testers;
    }

    /// What an operator confirmed; empty parts were not.
    ///
    /// @param revision of the draft that was reviewed
    /// @param people how many it was said to reach
    /// @param by the operator's e-mail address; empty for none
    record Confirmed(Optional<Integer> revision, Optional<Long> people, String by) {}

    Start begin(Handle h, UUID id, Confirmed confirmed, Instant now) {
        Optional<Broadcast> found = find(h, id, " for update");
        if (found.isEmpty()) {
            return new Start.Unknown();
        }
        Broadcast b = found.get();
        if (b.state() != BroadcastState.DRAFT) {
            return new Start.NotDraft(b.state());
        }
        if (confirmed.revision.filter(revision -> revision != b.revision()).isPresent()) {
            return new Start.Changed(b.revision());
        }
        // Counted and then fixed; somebody who comes in between is in it, which the allowance covers.
        long people = count(h, b.audience());
        Optional<Start> refusal = confirmed
                .people
                .flatMap(known -> Start.refusal(new Start.Draft(b.validUntil(), people), known, now))
                .or(() -> unapproved(h, b, people));
        if (refusal.isPresent()) {
            return refusal.get();
        }
        Optional<Instant> later = b.release().startsAt().filter(at -> at.isAfter(now));
        return later.isPresent()
                ? schedule(h, b, later.get(), confirmed.by, people)
                : go(
                        h,
                        b,
                        confirmed.by,
                        b.testOf().isPresent() || confirmed.by.isEmpty() ? Duration.ZERO : settings.undoWindow());
    }

    private Start schedule(Handle h, Broadcast b, Instant at, String by, long people) {
        h.createUpdate(
                        "update broadcasts set state = 'scheduled', started_by = nullif(:by, ''), approved_by = :approver,"
                                + " held = null where id = :id")
                .bind("by", by)
                .bind("approver", approver(h, b).orElse(null))
                .bind("id", b.id())
                .execute();
        return new Start.Scheduled(at, people);
    }

    private Start go(Handle h, Broadcast b, String by, Duration undoWindow) {
        Audience audience = testers.of(h, b.audience());
        long size = snapshot(h, b.id(), audience);
        h.createUpdate("""
                        update broadcasts
                        set audience = cast(:audience as jsonb), state = 'sending', started_at = now(),
                            audience_size = :size, started_by = nullif(:by, ''),
                            approved_by = :approver, held = null,
                            next_wave_at = case when :undo > 0 then clock_timestamp() + :undo * interval '1 millisecond' end
                        where id = :id
                        """)
                .bind("audience", BroadcastRow.write(audience))
                .bind("size", size)
                .bind("by", by)
                .bind("approver", approver(h, b).orElse(null))
                .bind("undo", undoWindow.toMillis())
                .bind("id", b.id())
                .execute();
        return new Start.Started(size);
    }

    /// Starts the next one whose time has come, or makes it a draft again that says why it was not sent.
    ///
    /// @return empty when there is none, or others are at it
    Optional<Due> due(Handle h, Instant now) {
        return h.createQuery(DUE)
                .bind("now", Timestamp.from(now))
                .mapTo(UUID.class)
                .findOne()
                .map(id -> due(h, find(h, id, "").orElseThrow(), now));
    }

    /// @param start what came of it
    record Due(UUID id, Start start) {}

    private Due due(Handle h, Broadcast b, Instant now) {
        long people = count(h, b.audience());
        Start start = Start.refusal(new Start.Draft(b.validUntil(), people), people, now)
                .or(() -> unapproved(h, b, people))
                .orElseGet(() -> go(h, b, b.startedBy().orElse(""), Duration.ZERO));
        if (!(start instanceof Start.Started)) {
            h.createUpdate("""
                            with back as (
                                update broadcasts set state = 'draft', started_by = null, approved_by = null, held = :why
                                where id = :id returning id
                            )
                            insert into audit_log (actor, action, subject, detail)
                            select 'belfry', 'broadcast.held', id::text, jsonb_build_object('why', cast(:why as text)) from back
                            """).bind("why", why(start)).bind("id", b.id()).execute();
        }
        return new Due(b.id(), start);
    }

    private static String why(Start start) {
        return switch (start) {
            case Start.Nobody nobody -> "Its audience was empty.";
            case Start.Expired expired -> "The time until which it is valid had passed.";
            case Start.Unapproved(long people, long above) ->
                "It would have reached " + people + " people, for which it needs an approval that it had not.";
            case Start.Started s -> "";
            case Start.Scheduled s -> "";
            case Start.Changed s -> "";
            case Start.Grown s -> "";
            case Start.NotDraft s -> "";
            case Start.Unknown s -> "";
        };
    }

    /// Takes back what has not begun to leave: it is a draft again.
    ///
    /// @return false when it is too late, or it was not let go
    boolean undo(Handle h, UUID id) {
        boolean undone = h.createUpdate("""
                        update broadcasts
                        set state = 'draft', started_by = null, started_at = null, approved_by = null, audience_size = null,
                            next_wave_at = null
                        where id = :id and (state = 'scheduled' or state in ('sending', 'paused') and waves_done = 0)
                            and test_of is null
                        """).bind("id", id).execute() == 1;
        if (undone) {
            h.createUpdate("delete from broadcast_audience where broadcast_id = :id")
                    .bind("id", id)
                    .execute();
        }
        return undone;
    }

    /// Whether an audience of that size needs an approval that the draft has not.
    private Optional<Start> unapproved(Handle h, Broadcast b, long people) {
        boolean may = people <= settings.approvalAbove()
                || b.testOf().isPresent()
                || Reviews.current(h, b)
                        .filter(r -> r.isApproved() && r.covers(people))
                        .isPresent();
        return may ? Optional.empty() : Optional.of(new Start.Unapproved(people, settings.approvalAbove()));
    }

    private static Optional<String> approver(Handle h, Broadcast b) {
        return Reviews.current(h, b)
                .filter(Review::isApproved)
                .flatMap(Review::decision)
                .map(Review.Decision::by);
    }

    static long count(Handle h, Audience audience) {
        return Members.of(h, audience).count(h, Optional.empty());
    }

    /// Whoever comes later belongs to everyone, and to no other audience.
    private static long snapshot(Handle h, UUID id, Audience audience) {
        Members members = Members.of(h, audience);
        return audience instanceof Audience.Everyone ? members.count(h, Optional.empty()) : members.fix(h, id);
    }

    static Optional<Broadcast> find(Handle h, UUID id, String suffix) {
        return h.createQuery("select " + BroadcastRow.COLUMNS + " from broadcasts where id = :id" + suffix)
                .bind("id", id)
                .map((row, c) -> BroadcastRow.read(row))
                .findOne();
    }
}
