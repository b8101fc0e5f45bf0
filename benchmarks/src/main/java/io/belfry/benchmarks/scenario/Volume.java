package io.belfry.benchmarks.scenario;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/// A database as it is after years: events of the last four weeks, each with a hundred notifications, and the inboxes
/// that hold them, half of each read. Users are called `prefix0` and so on.
///
/// @param notifications a multiple of the users
/// @param users a multiple of a hundred
public record Volume(String prefix, long notifications, int users) {
    private static final int RECIPIENTS = 100;
    private static final long CHUNK = 500_000;

    /// Of every so many users one is in an event, so that its recipients lie apart.
    private static final long STRIDE = 104_729;

    private static final String EVENTS = """
            insert into events (id, accepted_at, api_key_id, type, category, priority, recipients, data)
            select uuidv7(past - clock_timestamp()), past, '00000000-0000-0000-0000-000000000000',
                'bench.' || :prefix || j % 20, case j % 10 when 0 then 'security' when 1 then 'news' else 'general' end, 2,
                array(select :prefix || (j * 100 + k) * :stride % :users from generate_series(0, 99) k),
                json_build_object('order', j, 'text', 'Your parcel has left the warehouse and is expected on Friday')
            from (select j::bigint j, now() - interval '27 days' * (1 - (j + 0.5) / :events) past
                  from generate_series(:from, :to - 1) j) e
            """;

    /// A notification has its event's millisecond and place among the recipients, and is the n-th of its user.
    private static final String NOTIFICATIONS = """
            insert into notifications (id, user_id, event_id, created_offset, changed_offset, type, category, priority,
                                       title, body, link, push, written_at)
            select (substr(e.id::text, 1, 13) || '-8' || substr(md5(r.user_id), 1, 3) || '-a' || substr(md5(r.user_id), 4, 3)
                    || '-' || substr(md5(r.user_id), 7, 12))::uuid,
                r.user_id, e.id, n / :users + 1, n / :users + 1, e.type, e.category, e.priority,
                'Order ' || (e.data ->> 'order') || ' is on its way', e.data ->> 'text', 'https://shop.example.com/orders',
                'no_device', e.accepted_at
            from events e, unnest(e.recipients) with ordinality r (user_id, place),
                lateral (select (e.data ->> 'order')::bigint * 100 + place - 1 n) m
            where e.id >= uuid_floor(:begin) and e.id < uuid_floor(:end) and e.type like 'bench.' || :prefix || '%'
            """;

    private static final String INBOXES = """
            insert into inboxes (user_id, head, total, unread, unseen, read_through, read_through_changed, seen_through)
            select :prefix || u, r + 1, r, r - r / 2, r - r / 2, r / 2, r + 1, r / 2
            from generate_series(0, :users - 1) u, (select :rows / :users r) n
            """;

    /// Adds all of it.
    public void fill(DataSource database) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("set synchronous_commit = off");
            statement.execute("set maintenance_work_mem = '1GB'");
            statement.execute("select ensure_partitions(now() - interval '28 days', now())");
            List<String> indexes = dropIndexes(connection);
            for (long from = 0; from < events(); from += CHUNK) {
                run(statement, EVENTS, from, Math.min(from + CHUNK, events()));
            }
            statement.execute("analyze events");
            for (int day = 28; day >= 0; day--) {
                statement.execute(bound(NOTIFICATIONS)
                        .replace(":begin", "now() - interval '" + (day + 1) + " days'")
                        .replace(":end", "now() - interval '" + day + " days'"));
            }
            statement.execute(
                    bound("insert into users (id) select :prefix || u from generate_series(0, :users - 1) u"));
            statement.execute(bound(INBOXES));
            for (String index : indexes) {
                statement.execute(index);
            }
            statement.execute("vacuum analyze");
            statement.execute("checkpoint");
        }
    }

    private long events() {
        return notifications / RECIPIENTS;
    }

    private void run(Statement statement, String sql, long from, long to) throws SQLException {
        statement.execute(bound(sql).replace(":from", Long.toString(from)).replace(":to", Long.toString(to)));
    }

    private String bound(String sql) {
        return sql.replace(":prefix", "'" + prefix + "'")
                .replace(":users", Integer.toString(users))
                .replace(":rows", Long.toString(notifications))
                .replace(":events", Long.toString(events()))
                .replace(":stride", Long.toString(STRIDE));
    }

    /// Rows come in faster while there are none but the primary key.
    ///
    /// @return what makes them again
    private static List<String> dropIndexes(Connection connection) throws SQLException {
        List<String> definitions = new ArrayList<>();
        List<String> names = new ArrayList<>();
        String query = """
                select indexrelid::regclass::text, pg_get_indexdef(indexrelid) from pg_index
                where indrelid = 'notifications'::regclass and not indisunique
                """;
        try (PreparedStatement statement = connection.prepareStatement(query);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                names.add(rows.getString(1));
                definitions.add(rows.getString(2).replace(" ON ONLY ", " ON "));
            }
        }
        try (Statement statement = connection.createStatement()) {
            for (String name : names) {
                statement.execute("drop index " + name);
            }
        }
        return definitions;
    }
}
