package io.belfry.core.user;

import io.belfry.core.feed.FeedMessage;
import io.belfry.core.feed.FeedNames;
import io.belfry.core.feed.Feeds;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/// Erases users. When [#begin] returns, nobody can be notified through what was accepted for them before, and nothing
/// is left under their id. Events of the past still hold it until a dispatcher has been through them. Thread-safe;
/// blocks on the database.
@Singleton
public final class Erasures {
    private static final String COLUMNS = "id, pseudonym, requested_at, finished_at, events";
    private static final int PSEUDONYM_BYTES = 12;

    /// What can lead to a new notification goes first.
    private static final List<String> ROOTS = List.of(
            "delete from digests where user_id = :user",
            """
            update events e set recipients = array_remove(e.recipients, :user),
                data = case when e.recipients = array[cast(:user as text)] and e.topic is null then '{}' else e.data end
            where :user = any(e.recipients)
                and e.id in (select event_id from pending_events union all select event_id from scheduled_events
                              union all select event_id from held_events)
            """,
            "delete from escalations where recipients <@ array[cast(:user as text)]",
            "update escalations set recipients = array_remove(recipients, :user) where :user = any(recipients)",
            "delete from topic_followers where user_id = :user",
            "delete from users where id = :user");

    /// In the order in which all others lock them, the inbox before what is in it. Tables whose keys do not begin with
    /// the user are reached through what they do begin with.
    private static final List<String> BELONGINGS = List.of(
            "delete from push_timers where user_id = :user",
            "delete from snoozes where user_id = :user",
            "delete from repeats where user_id = :user",
            "delete from digests where user_id = :user",
            "delete from push_corrections where user_id = :user",
            """
            with gone as (delete from notifications where user_id = :user returning id)
            delete from push_attempts a using gone where a.subject_id = gone.id and a.user_id = :user
            """,
            """
            delete from push_attempts
            where user_id = :user and subject_id in (select id from broadcasts where push_state <> 'off')
            """,
            "delete from announcement_reads where user_id = :user",
            "delete from broadcast_audience where user_id = :user and broadcast_id in (select id from broadcasts)",
            "delete from broadcast_push_retries where user_id = :user and broadcast_id in (select id from broadcasts)",
            "delete from dead_letters where user_id = :user",
            "delete from receipts where user_id = :user",
            "delete from devices where user_id = :user",
            "delete from user_preferences where user_id = :user",
            "delete from recent_uses where user_id = :user",
            "delete from topic_followers where user_id = :user",
            // Devices that come back with a position in what is erased are not to go on from there in what may follow.
            """
            insert into inbox_generations as g (place, generation) values (inbox_place(:user), 1)
            on conflict (place) do update set generation = g.generation + 1
            """,
            "delete from inboxes where user_id = :user",
            "delete from users where id = :user");

    private final Jdbi jdbi;
    private final Feeds feeds;
    private final RandomGenerator random = new SecureRandom();

    public Erasures(Jdbi jdbi, Feeds feeds) {
        this.jdbi = jdbi;
        this.feeds = feeds;
    }

    /// Erases a user, or goes on with an erasure that failed half-way. An event that names them later makes them a
    /// new user.
    ///
    /// @param by who asked for it
    /// @return empty when there is no such user
    /// @throws org.jdbi.v3.core.JdbiException when the database failed; the same call then completes it
    public Optional<Erasure> begin(String user, String by) {
        Optional<Erasure> begun = jdbi.inTransaction(h -> {
            Optional<Erasure> erasure = record(h, user, by);
            erasure.ifPresent(e -> run(h, ROOTS, user));
            return erasure;
        });
        if (begun.isPresent()) {
            waitForDispatchers();
            jdbi.useTransaction(h -> {
                h.createQuery("select user_id from inboxes where user_id = :user for update")
                        .bind("user", user)
                        .mapTo(String.class)
                        .findOne();
                run(h, BELONGINGS, user);
            });
            feeds.publish(List.of(new Feeds.Publication(FeedNames.inbox(user), FeedMessage.farewell())));
        }
        return begun;
    }

    private Optional<Erasure> record(Handle h, String user, String by) {
        Optional<Erasure> open = h.createQuery(
                        "select " + COLUMNS + " from erasures where user_id = :user and finished_at is null for update")
                .bind("user", user)
                .map((row, c) -> erasure(row))
                .findOne();
        boolean known = h.createQuery("select exists (select 1 from users where id = :user)")
                .bind("user", user)
                .mapTo(Boolean.class)
                .one();
        if (!known) {
            return open;
        }
        // One that is still at the events of the past begins anew: there are new ones.
        return h.createQuery("""
                        insert into erasures (user_id, pseudonym, requested_by) values (:user, :pseudonym, :by)
                        on conflict (user_id) where finished_at is null do update
                            set requested_at = now(), scanned_to = excluded.scanned_to
                        returning
                        """ + COLUMNS)
                .bind("user", user)
                .bind("pseudonym", pseudonym())
                .bind("by", by)
                .map((row, c) -> erasure(row))
                .findOne();
    }

    /// It is a user id by its form, so that it can stand wherever one stood.
    private String pseudonym() {
        byte[] bytes = new byte[PSEUDONYM_BYTES];
        random.nextBytes(bytes);
        return "erased:" + HexFormat.of().formatHex(bytes);
    }

    /// A batch that was claimed before may still hold the user. Each holds its lane, so whoever had every lane once
    /// knows that all of them are over.
    private void waitForDispatchers() {
        for (int id : lanes()) {
            jdbi.useTransaction(h -> {
                h.execute("set local lock_timeout = '5s'");
                h.createQuery("select id from lanes where id = :id for update")
                        .bind("id", id)
                        .mapTo(Integer.class)
                        .one();
            });
        }
    }

    private List<Integer> lanes() {
        return jdbi.withHandle(h -> h.createQuery("select id from lanes order by id")
                .mapTo(Integer.class)
                .list());
    }

    private static void run(Handle h, List<String> statements, String user) {
        statements.forEach(sql -> h.createUpdate(sql).bind("user", user).execute());
    }

    public Optional<Erasure> find(UUID id) {
        return jdbi.withHandle(h -> h.createQuery("select " + COLUMNS + " from erasures where id = :id")
                .bind("id", id)
                .map((row, c) -> erasure(row))
                .findOne());
    }

    private static Erasure erasure(ResultSet row) throws SQLException {
        return new Erasure(
                row.getObject(1, UUID.class),
                row.getString(2),
                row.getTimestamp(3).toInstant(),
                Optional.ofNullable(row.getTimestamp(4)).map(Timestamp::toInstant),
                row.getLong(5));
    }
}
