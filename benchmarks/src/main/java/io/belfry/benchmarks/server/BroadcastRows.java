package io.belfry.benchmarks.server;

import io.belfry.core.feed.AnnouncementNotice;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;
import javax.sql.DataSource;

/// Broadcasts to everyone, in one wave and without pushes, as the console leaves them in the database.
///
/// @param people whom they count as their audience
public record BroadcastRows(DataSource database, long people) {
    private static final String INSERT = """
            insert into broadcasts (state, audience, contents, category, priority, created_by, approved_by, started_at,
                                    waves, waves_done, audience_size, push_state)
            values (?, '{"kind":"everyone"}',
                    jsonb_build_object('en', jsonb_build_object('title', ?::text, 'body', 'Trams run again from six')),
                    'general', 2, 'bench', 'bench', now(), 1, ?, ?, 'off')
            returning id
            """;

    /// One that a dispatcher is to send.
    public void due(String title) {
        insert("sending", title, 0);
    }

    /// One that a dispatcher has sent, without the notice that it gives the gateways.
    public AnnouncementNotice sent(String title) {
        UUID id = insert("sent", title, 1);
        String log = """
                with h as (update announcement_head set head = head + 1 returning head)
                insert into announcements ("offset", broadcast_id, bucket_from, bucket_to)
                select head, ?, 0, 1024 from h returning "offset"
                """;
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement(log)) {
            statement.setObject(1, id);
            return new AnnouncementNotice(one(statement).getLong(1), id, 0, 1024);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private UUID insert(String state, String title, int wavesDone) {
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement(INSERT)) {
            statement.setString(1, state);
            statement.setString(2, title);
            statement.setInt(3, wavesDone);
            statement.setLong(4, people);
            return one(statement).getObject(1, UUID.class);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static ResultSet one(PreparedStatement statement) throws SQLException {
        ResultSet row = statement.executeQuery();
        row.next();
        return row;
    }
}
