package io.belfry.core.broadcast;

import jakarta.inject.Singleton;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.SqlStatement;

/// Broadcasts while they are written: saved, tried, thrown away. Saving names the revision that was edited, so that two
/// people who edit one draft do not overwrite each other. Thread-safe; blocks on the database.
@Singleton
public final class Drafts {
    /// The revision that a draft has before it was saved for the first time.
    public static final int UNSAVED = 0;

    private final Jdbi jdbi;

    public Drafts(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /// What came of saving.
    public sealed interface Saved {
        record Kept(Broadcast draft) implements Saved {}

        /// Somebody else saved it since; nothing was changed.
        ///
        /// @param now what it is now; maybe not even a draft any more
        record Conflict(Broadcast now) implements Saved {}

        /// There is no such draft any more.
        record Unknown() implements Saved {}
    }

    /// Saves a draft. The same saved twice is kept once.
    ///
    /// @param id chosen by the caller for a draft that is new
    /// @param revision that was edited
    public Saved save(UUID id, int revision, NewBroadcast broadcast) {
        return jdbi.inTransaction(h -> {
            int rows = revision == UNSAVED
                    ? insert(h, id, Optional.empty(), broadcast)
                    : update(h, id, revision, broadcast);
            Optional<Broadcast> now = find(h, id);
            if (now.isEmpty()) {
                return new Saved.Unknown();
            }
            boolean kept = rows == 1 || isThatSave(now.get(), revision, broadcast);
            return kept ? new Saved.Kept(now.get()) : new Saved.Conflict(now.get());
        });
    }

    private static boolean isThatSave(Broadcast now, int revision, NewBroadcast broadcast) {
        return now.state() == BroadcastState.DRAFT
                && now.revision() == revision + 1
                && now.contents().equals(broadcast.contents())
                && now.audience().equals(broadcast.audience());
    }

    /// Keeps a copy of a draft for a few people. It is a draft itself, yet to be started.
    ///
    /// @param id chosen by the caller, so that the same test is made once
    /// @return false when there was one with that id
    public boolean makeTest(UUID id, UUID draft, NewBroadcast broadcast) {
        return jdbi.withHandle(h -> insert(h, id, Optional.of(draft), broadcast)) == 1;
    }

    /// To whom that operator sent their last test.
    public Optional<Audience> lastTest(String operator) {
        return jdbi.withHandle(h -> h.createQuery("select " + BroadcastRow.COLUMNS
                        + " from broadcasts where created_by = :by and test_of is not null order by id desc limit 1")
                .bind("by", operator)
                .map((row, c) -> BroadcastRow.read(row).audience())
                .findOne());
    }

    /// Throws a draft away.
    ///
    /// @return false when it is not a draft
    public boolean discard(UUID id) {
        return jdbi.withHandle(h -> h.createUpdate("delete from broadcasts where id = :id and state = 'draft'")
                        .bind("id", id)
                        .execute())
                == 1;
    }

    private static int insert(Handle h, UUID id, Optional<UUID> testOf, NewBroadcast broadcast) {
        return bind(h.createUpdate("""
                        insert into broadcasts (id, state, audience, contents, category, priority, created_by, valid_until,
                                                waves, push_state, test_of, starts_at, time_zone, canary_buckets,
                                                canary_pause_ms, authors)
                        values (:id, 'draft', :audience::jsonb, :contents::jsonb, :category, :priority, :by, :until, :waves,
                                :push, :test, :startsAt, :zone, :canary, :canaryPause, array[:by])
                        on conflict (id) do nothing
                        """), id, broadcast)
                .bindByType("test", testOf.orElse(null), UUID.class)
                .execute();
    }

    private static int update(Handle h, UUID id, int revision, NewBroadcast broadcast) {
        return bind(h.createUpdate("""
                        update broadcasts
                        set audience = :audience::jsonb, contents = :contents::jsonb, category = :category,
                            priority = :priority, valid_until = :until, waves = :waves, push_state = :push,
                            starts_at = :startsAt, time_zone = :zone, canary_buckets = :canary,
                            canary_pause_ms = :canaryPause, held = null,
                            authors = case when :by = any(authors) then authors else authors || :by end,
                            revision = revision + 1, updated_at = now()
                        where id = :id and state = 'draft' and revision = :revision
                        """), id, broadcast)
                .bind("revision", revision)
                .execute();
    }

    private static <S extends SqlStatement<S>> S bind(S statement, UUID id, NewBroadcast broadcast) {
        Optional<Release.Canary> canary = broadcast.release().canary();
        return statement
                .bind("id", id)
                .bind("audience", BroadcastRow.write(broadcast.audience()))
                .bind("contents", BroadcastRow.write(broadcast.contents()))
                .bind("category", broadcast.category())
                .bind("priority", broadcast.priority().code())
                .bind("until", broadcast.validUntil().map(Timestamp::from).orElse(null))
                .bind("waves", broadcast.waves())
                .bind("by", broadcast.createdBy())
                .bind(
                        "startsAt",
                        broadcast.release().startsAt().map(Timestamp::from).orElse(null))
                .bind("zone", broadcast.release().zone().map(ZoneId::getId).orElse(null))
                .bindByType("canary", canary.map(Release.Canary::buckets).orElse(null), Integer.class)
                .bindByType(
                        "canaryPause",
                        canary.flatMap(Release.Canary::pause)
                                .map(Duration::toMillis)
                                .orElse(null),
                        Long.class)
                .bind("push", broadcast.push() == NewBroadcast.Push.ON ? "waiting" : "off");
    }

    private static Optional<Broadcast> find(Handle h, UUID id) {
        return h.createQuery("select " + BroadcastRow.COLUMNS + " from broadcasts where id = :id")
                .bind("id", id)
                .map((row, c) -> BroadcastRow.read(row))
                .findOne();
    }
}
