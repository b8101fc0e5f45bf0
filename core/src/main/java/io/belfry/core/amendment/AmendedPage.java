package io.belfry.core.amendment;

import io.belfry.core.event.EventId;
import io.belfry.core.inbox.InboxChange;
import io.belfry.core.inbox.InboxEdits;
import io.belfry.core.inbox.InboxEdits.Words;
import io.belfry.core.template.Rendered;
import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/// Applies an amendment to some notifications in the caller's transaction: their inboxes, the pushes that wait, and
/// those that were sent. Stateless.
@Singleton
final class AmendedPage {
    private static final String SUBJECTS = """
            select n.id, n.type, e.actor, n.user_id, u.locale
            from notifications n join events e on e.id = n.event_id left join users u on u.id = n.user_id
            where n.id = any(:ids)
            """;
    /// Whoever sends a push holds its timer when it notes that it will, so that nothing is sent that is not noted here.
    private static final String HOLD = """
            select t.notification_id
            from notifications n join push_timers t on t.user_id = n.user_id and t.notification_id = n.id
            where n.id = any(:ids) order by t.user_id, t.created_offset for update of t
            """;
    /// A statement of its own: tries that were noted while the timers were waited for are seen by later ones only.
    private static final String UNTIMED = """
            with gone as (
                delete from push_timers t using notifications n
                where n.id = any(:ids) and t.user_id = n.user_id and t.notification_id = n.id
                returning t.notification_id
            )
            update notifications n set push = 'recalled' from gone
            where n.id = gone.notification_id and n.push = 'planned' and not exists (
                select 1 from push_attempts a
                where a.subject_id = n.id and a.user_id = n.user_id and a.id >= :since
                    and a.outcome in ('accepted', 'ambiguous', 'sending'))
            returning n.id
            """;
    private static final String CORRECTED = """
            insert into push_corrections (notification_id, user_id, device_id, kind)
            select distinct a.subject_id, a.user_id, a.device_id, :kind
            from notifications n join push_attempts a on a.subject_id = n.id and a.user_id = n.user_id
            where n.id = any(:ids) and (:kind = 'withdraw' or n.place is null)
                and a.id >= :since and a.outcome in ('accepted', 'ambiguous', 'sending')
            on conflict (notification_id, user_id, device_id) do update
                set id = uuidv7(), kind = excluded.kind, due_at = now(), rounds = 0
            """;

    private final InboxEdits inboxes;
    private final Rewording rewording;

    AmendedPage(InboxEdits inboxes, Rewording rewording) {
        this.inboxes = inboxes;
        this.rewording = rewording;
    }

    /// What was done.
    ///
    /// @param changes to publish after the commit, by user
    record Applied(Map<String, InboxChange> changes, int cancelled, int corrected) {}

    /// @param ids of one event: no user has two of them
    Applied apply(Handle h, List<UUID> ids, Amendment amendment) {
        if (ids.isEmpty()) {
            return new Applied(Map.of(), 0, 0);
        }
        return switch (amendment) {
            case Amendment.Recall _ -> {
                Map<String, InboxChange> changes = inboxes.recall(h, ids);
                h.createQuery(HOLD)
                        .bindArray("ids", UUID.class, ids.toArray())
                        .mapTo(UUID.class)
                        .list();
                int cancelled = h.createQuery(UNTIMED)
                        .bindArray("ids", UUID.class, ids.toArray())
                        .bind("since", EventId.first(ids.getFirst()))
                        .mapTo(UUID.class)
                        .list()
                        .size();
                yield new Applied(changes, cancelled, correct(h, ids, "withdraw"));
            }
            case Amendment.Edit edit -> {
                Map<String, InboxChange> changes = inboxes.edit(h, words(h, ids, edit), edit.data());
                yield new Applied(changes, 0, correct(h, ids, "replace"));
            }
        };
    }

    private static int correct(Handle h, List<UUID> ids, String kind) {
        return h.createUpdate(CORRECTED)
                .bindArray("ids", UUID.class, ids.toArray())
                .bind("since", EventId.first(ids.getFirst()))
                .bind("kind", kind)
                .execute();
    }

    private List<Words> words(Handle h, List<UUID> ids, Amendment.Edit edit) {
        Map<UUID, Rendered> rendered =
                edit.data().isPresent() ? rendered(h, ids, edit.data().get()) : Map.of();
        var words = new ArrayList<Words>();
        for (UUID id : ids) {
            Optional<Rendered> anew = Optional.ofNullable(rendered.get(id));
            words.add(new Words(
                    id,
                    edit.title().or(() -> anew.map(Rendered::title)),
                    edit.body().or(() -> anew.map(Rendered::body)),
                    edit.link().or(() -> anew.map(Rendered::link)),
                    anew.isPresent()));
        }
        return words;
    }

    private Map<UUID, Rendered> rendered(Handle h, List<UUID> ids, String data) {
        var rendered = new HashMap<UUID, Rendered>();
        h.createQuery(SUBJECTS)
                .bindArray("ids", UUID.class, ids.toArray())
                .map((row, c) -> Map.entry(row.getObject(1, UUID.class), subject(row)))
                .forEach(e -> rewording.of(e.getValue(), data).ifPresent(words -> rendered.put(e.getKey(), words)));
        return rendered;
    }

    private static Rewording.Subject subject(ResultSet row) throws SQLException {
        return new Rewording.Subject(
                row.getString(2),
                Optional.ofNullable(row.getString(3)),
                row.getString(4),
                Optional.ofNullable(row.getString(5)));
    }
}
