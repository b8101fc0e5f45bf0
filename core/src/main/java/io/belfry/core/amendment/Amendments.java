package io.belfry.core.amendment;

import io.belfry.core.event.Cancellations;
import io.belfry.core.event.EventId;
import io.belfry.core.feed.FeedMessage;
import io.belfry.core.feed.FeedNames;
import io.belfry.core.feed.Feeds;
import io.belfry.core.signal.Signal;
import io.belfry.core.signal.Signals;
import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Query;

/// Edits and recalls what was sent: one notification at once, those of an event page by page by a dispatcher.
///
/// Of an inbox the promise is absolute. Whoever is connected is told at the next offset; whoever was away finds the
/// present state when they come back, or nothing where it was recalled. On a phone's tray it is best effort, see
/// [Amendment]. Thread-safe; blocks on the database, not on Redis.
@Singleton
public final class Amendments {
    private static final String COLUMNS =
            "id, event_id, kind, requested_by, requested_at, finished_at, changed," + " cancelled, corrected";
    /// Amendments of an event go one after the other, and an edit goes to those to whom the event was delivered: while
    /// it is being delivered it waits.
    private static final String NEXT = """
            select id, event_id, kind, title, body, link, data, scanned_to from amendments a
            where finished_at is null
                and not exists (select 1 from amendments b
                                where b.event_id = a.event_id and b.finished_at is null and b.id < a.id)
                and not exists (select 1 from pending_events p where p.event_id = a.event_id)
                and not exists (select 1 from scheduled_events s where s.event_id = a.event_id)
                and not exists (select 1 from held_events h where h.event_id = a.event_id)
            order by id limit 1 for update skip locked
            """;
    private static final String OWN =
            "select id from events where id = :event and (cast(:key as uuid) is null or api_key_id = :key)";
    private static final String OF_AUTHOR = "(cast(:key as uuid) is null or e.api_key_id = :key)";
    private static final String PAGE = """
            select id from notifications
            where id > :after and id >= :from and id < :to and event_id = :event order by id limit :limit
            """;

    private final Jdbi jdbi;
    private final AmendedPage pages;
    private final Feeds feeds;
    private final Signals signals;

    Amendments(Jdbi jdbi, AmendedPage pages, Feeds feeds, Signals signals) {
        this.jdbi = jdbi;
        this.pages = pages;
        this.feeds = feeds;
        this.signals = signals;
    }

    /// Begins to amend all notifications of an event. One that is recalled reaches nobody else from then on; one
    /// that is edited while it is being delivered is delivered first.
    ///
    /// @return empty when there is no such event of the author's
    public Optional<AmendmentReport> ofEvent(UUID event, Amendment amendment, Author author) {
        Optional<AmendmentReport> begun = jdbi.inTransaction(h -> {
            boolean isThere = holds(h.createQuery(OWN + " for update"), event, author);
            return isThere ? Optional.of(begin(h, event, amendment, author)) : Optional.empty();
        });
        if (begun.isPresent()) {
            signals.raise(Signal.AMENDMENTS);
        }
        return begun;
    }

    /// Of which type an event is, by which its data is judged.
    ///
    /// @return empty when there is no such event of the author's
    public Optional<String> typeOfEvent(UUID event, Author author) {
        return type("select type from events e where id = :id and " + OF_AUTHOR, event, author);
    }

    /// The same of a notification.
    public Optional<String> typeOfNotification(UUID notification, Author author) {
        return type(
                "select n.type from notifications n join events e on e.id = n.event_id where n.id = :id and "
                        + OF_AUTHOR,
                notification,
                author);
    }

    private Optional<String> type(String sql, UUID id, Author author) {
        return jdbi.withHandle(h -> h.createQuery(sql)
                .bind("id", id)
                .bind("key", author.apiKey().orElse(null))
                .mapTo(String.class)
                .findOne());
    }

    private static AmendmentReport begin(Handle h, UUID event, Amendment amendment, Author author) {
        if (amendment instanceof Amendment.Recall) {
            Cancellations.stop(h, event);
            h.createUpdate("update events set cancelled_at = coalesce(cancelled_at, now()) where id = :event")
                    .bind("event", event)
                    .execute();
        }
        Optional<Amendment.Edit> edit = amendment instanceof Amendment.Edit said ? Optional.of(said) : Optional.empty();
        return h.createQuery("""
                        insert into amendments (event_id, kind, title, body, link, data, requested_by)
                        values (:event, :kind, :title, :body, :link, cast(:data as json), :by) returning
                        """ + COLUMNS)
                .bind("event", event)
                .bind("kind", amendment.label())
                .bind("title", edit.flatMap(Amendment.Edit::title).orElse(null))
                .bind("body", edit.flatMap(Amendment.Edit::body).orElse(null))
                .bind("link", edit.flatMap(Amendment.Edit::link).orElse(null))
                .bind("data", edit.flatMap(Amendment.Edit::data).orElse(null))
                .bind("by", author.name())
                .map((row, c) -> report(row))
                .one();
    }

    /// Amends one notification at once, and tells the devices.
    ///
    /// @return empty when there is no such notification of the author's; false when it was recalled before
    public Optional<Boolean> ofNotification(UUID notification, Amendment amendment, Author author) {
        boolean isThere = jdbi.withHandle(h -> h.createQuery("""
                        select exists (select 1 from notifications n join events e on e.id = n.event_id
                                       where n.id = :id and (cast(:key as uuid) is null or e.api_key_id = :key))
                        """)
                .bind("id", notification)
                .bind("key", author.apiKey().orElse(null))
                .mapTo(Boolean.class)
                .one());
        if (!isThere) {
            return Optional.empty();
        }
        AmendedPage.Applied applied = jdbi.inTransaction(h -> pages.apply(h, List.of(notification), amendment));
        publish(applied);
        return Optional.of(!applied.changes().isEmpty());
    }

    /// Those of an event, newest first, the last hundred.
    ///
    /// @return empty when there is no such event of the author's
    public Optional<List<AmendmentReport>> of(UUID event, Author author) {
        return jdbi.withHandle(h -> holds(h.createQuery(OWN), event, author)
                ? Optional.of(h.createQuery("select " + COLUMNS
                                + " from amendments where event_id = :event order by id desc limit 100")
                        .bind("event", event)
                        .map((row, c) -> report(row))
                        .list())
                : Optional.empty());
    }

    private static boolean holds(Query query, UUID event, Author author) {
        return query.bind("event", event)
                .bind("key", author.apiKey().orElse(null))
                .mapTo(UUID.class)
                .findOne()
                .isPresent();
    }

    private record Open(UUID id, UUID event, Amendment amendment, UUID scannedTo) {
        static Open of(ResultSet row) throws SQLException {
            return new Open(
                    row.getObject(1, UUID.class),
                    row.getObject(2, UUID.class),
                    row.getString(3).equals("recall")
                            ? new Amendment.Recall()
                            : new Amendment.Edit(
                                    Optional.ofNullable(row.getString(4)),
                                    Optional.ofNullable(row.getString(5)),
                                    Optional.ofNullable(row.getString(6)),
                                    Optional.ofNullable(row.getString(7))),
                    row.getObject(8, UUID.class));
        }
    }

    /// Works on a page of the oldest amendment of an event that nobody else is at, and publishes it. The
    /// amendment's row is held meanwhile; what a crash interrupts begins with the same page again.
    ///
    /// @param limit notifications of a page
    /// @return how many were changed; empty when there is nothing to do
    public Optional<Integer> workOnNext(int limit) {
        Optional<AmendedPage.Applied> applied = jdbi.inTransaction(
                h -> h.createQuery(NEXT).map((row, c) -> Open.of(row)).findOne().map(open -> workOn(h, open, limit)));
        applied.ifPresent(this::publish);
        return applied.map(done -> done.changes().size());
    }

    private AmendedPage.Applied workOn(Handle h, Open open, int limit) {
        Query page = h.createQuery(PAGE)
                .bind("after", open.scannedTo)
                .bind("from", EventId.first(open.event))
                .bind("to", EventId.afterLast(open.event))
                .bind("event", open.event)
                .bind("limit", limit);
        List<UUID> ids = page.mapTo(UUID.class).list();
        AmendedPage.Applied applied = pages.apply(h, ids, open.amendment);
        boolean isLast = ids.size() < limit;
        // What an edit said lies in the notifications now.
        h.createUpdate("""
                        update amendments
                        set scanned_to = :to, changed = changed + :changed, cancelled = cancelled + :cancelled,
                            corrected = corrected + :corrected
                        """
                        + (isLast ? ", finished_at = now(), title = null, body = null, link = null, data = null" : "")
                        + " where id = :id")
                .bind("to", ids.isEmpty() ? open.scannedTo : ids.getLast())
                .bind("changed", applied.changes().size())
                .bind("cancelled", applied.cancelled())
                .bind("corrected", applied.corrected())
                .bind("id", open.id)
                .execute();
        return applied;
    }

    private void publish(AmendedPage.Applied applied) {
        feeds.publish(applied.changes().entrySet().stream()
                .map(change -> new Feeds.Publication(
                        FeedNames.inbox(change.getKey()),
                        new FeedMessage(
                                        change.getValue().offset(),
                                        FeedMessage.Receipt.NOT_NEEDED,
                                        change.getValue().data())
                                .encode()))
                .toList());
        if (applied.corrected() > 0) {
            signals.raise(Signal.PUSH_DUE);
        }
    }

    private static AmendmentReport report(ResultSet row) throws SQLException {
        return new AmendmentReport(
                row.getObject(1, UUID.class),
                row.getObject(2, UUID.class),
                row.getString(3),
                row.getString(4),
                row.getTimestamp(5).toInstant(),
                Optional.ofNullable(row.getTimestamp(6)).map(Timestamp::toInstant),
                row.getLong(7),
                row.getLong(8),
                row.getLong(9));
    }
}
