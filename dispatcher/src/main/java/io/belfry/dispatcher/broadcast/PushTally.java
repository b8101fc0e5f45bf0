package io.belfry.dispatcher.broadcast;

import io.belfry.core.database.ArrayColumns;
import io.belfry.dispatcher.push.PushAttempts;
import io.belfry.dispatcher.push.PushResult;
import io.belfry.dispatcher.push.PushTry;
import io.belfry.dispatcher.push.RetryPolicy;
import io.belfry.dispatcher.push.Sent;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/// Writes what came of the tries of broadcasts, many in one commit: the attempts, the counts, and what is to be tried
/// again. Who has lost the claim counts nothing: whoever has it has found the attempt under way, and will count it.
/// Thread-safe; blocks on the database.
@Singleton
final class PushTally {
    private static final String COUNT = """
            update broadcasts set push_accepted = push_accepted + ?, push_failed = push_failed + ?
            where id = ? and push_claim = ?
            """;
    private static final String RETRY = """
            insert into broadcast_push_retries (user_id, device_id, due_at, broadcast_id)
            select t.user_id, t.device_id, t.due_at, b.id
            from unnest(?::text[], ?::text[], ?::timestamptz[]) as t(user_id, device_id, due_at), (values (?::uuid)) as b(id)
            on conflict (broadcast_id, user_id, device_id) do update set due_at = excluded.due_at
            """;

    private final Jdbi jdbi;
    private final Clock clock;

    PushTally(Jdbi jdbi, Clock clock) {
        this.jdbi = jdbi;
        this.clock = clock;
    }

    /// @param sent empty when the try was not made after all
    record Result(PushJob job, PushTry tried, Optional<Sent> sent) {}

    private record Retry(PushTry tried, Instant at) {}

    void write(List<Result> results) throws SQLException {
        Map<UUID, List<Result>> byClaim = new LinkedHashMap<>();
        results.forEach(r ->
                byClaim.computeIfAbsent(r.job.claim(), c -> new ArrayList<>()).add(r));
        jdbi.<SQLException>useTransaction(h -> {
            for (List<Result> ofOne : byClaim.values()) {
                write(h.getConnection(), ofOne.getFirst().job, ofOne);
            }
        });
    }

    private void write(Connection connection, PushJob job, List<Result> results) throws SQLException {
        int accepted = 0;
        int failed = 0;
        var sent = new ArrayList<Sent>();
        var withdrawn = new ArrayList<UUID>();
        var retries = new ArrayList<Retry>();
        for (Result result : results) {
            if (result.sent.isEmpty()) {
                withdrawn.add(result.tried.id());
                retries.add(new Retry(result.tried, clock.instant()));
                continue;
            }
            Sent one = result.sent.get();
            sent.add(one);
            switch (one.next()) {
                case RetryPolicy.Next.Retry(Instant at) -> retries.add(new Retry(one.tried(), at));
                case RetryPolicy.Next.GiveUp _ -> failed++;
                case RetryPolicy.Next.Done _ -> {
                    boolean taken = one.result() instanceof PushResult.Accepted;
                    accepted += taken ? 1 : 0;
                    failed += taken ? 0 : 1;
                }
            }
        }
        // The broadcast's row first: nobody can take it over until this is committed.
        boolean held = count(connection, job, accepted, failed);
        PushAttempts.end(connection, sent);
        PushAttempts.withdraw(connection, withdrawn);
        if (held) {
            retry(connection, job, retries);
        }
    }

    /// @return whether the claim still stands
    private static boolean count(Connection connection, PushJob job, int accepted, int failed) throws SQLException {
        try (PreparedStatement count = connection.prepareStatement(COUNT)) {
            count.setInt(1, accepted);
            count.setInt(2, failed);
            count.setObject(3, job.id());
            count.setObject(4, job.claim());
            return count.executeUpdate() == 1;
        }
    }

    private static void retry(Connection connection, PushJob job, List<Retry> retries) throws SQLException {
        if (retries.isEmpty()) {
            return;
        }
        try (PreparedStatement retry = connection.prepareStatement(RETRY)) {
            new ArrayColumns(retry)
                    .add("text", String[]::new, retries, r -> r.tried.userId())
                    .add("text", String[]::new, retries, r -> r.tried.deviceId())
                    .add("timestamptz", String[]::new, retries, r -> r.at.toString());
            retry.setObject(4, job.id());
            retry.executeUpdate();
        }
    }
}
