package io.belfry.dispatcher.push;

import io.belfry.core.database.ArrayColumns;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

/// Notes every try to push, before it is made and after: many in one statement, within the caller's transaction. What a
/// dispatcher that died left as `sending` counts as unclear. Stateless.
public final class PushAttempts {
    private static final String BEGIN = """
            insert into push_attempts (id, subject_id, user_id, device_id, attempt)
            select * from unnest(?::uuid[], ?::uuid[], ?::text[], ?::text[], ?::int2[])
            """;
    /// The ids are ordered by time: their range keeps other partitions out of it.
    private static final String END = """
            update push_attempts a set outcome = t.outcome, detail = t.detail, finished_at = clock_timestamp()
            from unnest(?::uuid[], ?::text[], ?::text[]) as t(id, outcome, detail)
            where a.id = t.id and a.id between ? and ?
            """;
    private static final String WITHDRAW = "delete from push_attempts where id = any(?)";
    private static final String BURY_TOKENS = """
            delete from devices d using unnest(?::text[], ?::timestamptz[]) as t(token, began)
            where d.token = t.token and d.registered_at <= t.began
            """;

    private PushAttempts() {}

    public static void begin(Connection connection, List<PushTry> tries) throws SQLException {
        if (tries.isEmpty()) {
            return;
        }
        try (PreparedStatement begin = connection.prepareStatement(BEGIN)) {
            columns(new ArrayColumns(begin), tries);
            begin.executeUpdate();
        }
    }

    /// Binds what a row begins with: id, subject, user, device, number.
    public static void columns(ArrayColumns columns, List<PushTry> tries) throws SQLException {
        columns.add("uuid", UUID[]::new, tries, PushTry::id)
                .add("uuid", UUID[]::new, tries, PushTry::subject)
                .add("text", String[]::new, tries, PushTry::userId)
                .add("text", String[]::new, tries, PushTry::deviceId)
                .add("int2", Short[]::new, tries, t -> (short) t.number());
    }

    /// Notes what came of them. A dead token goes, unless its device was registered again since the send began.
    public static void end(Connection connection, List<Sent> sent) throws SQLException {
        if (sent.isEmpty()) {
            return;
        }
        try (PreparedStatement end = connection.prepareStatement(END)) {
            new ArrayColumns(end)
                    .add("uuid", UUID[]::new, sent, s -> s.tried().id())
                    .add("text", String[]::new, sent, s -> outcome(s.result()))
                    .add("text", String[]::new, sent, s -> detail(s.result()));
            List<UUID> ids = sent.stream()
                    .map(s -> s.tried().id())
                    .sorted(PushAttempts::compare)
                    .toList();
            end.setObject(4, ids.getFirst());
            end.setObject(5, ids.getLast());
            end.executeUpdate();
        }
        List<Sent> dead = sent.stream()
                .filter(s -> s.result() instanceof PushResult.TokenDead)
                .toList();
        if (!dead.isEmpty()) {
            try (PreparedStatement bury = connection.prepareStatement(BURY_TOKENS)) {
                new ArrayColumns(bury)
                        .add("text", String[]::new, dead, s -> s.tried()
                                .message()
                                .deviceToken())
                        .add("timestamptz", String[]::new, dead, s -> s.began().toString());
                bury.executeUpdate();
            }
        }
    }

    /// Forgets tries that were not made after all.
    public static void withdraw(Connection connection, List<UUID> attempts) throws SQLException {
        if (attempts.isEmpty()) {
            return;
        }
        try (PreparedStatement withdraw = connection.prepareStatement(WITHDRAW)) {
            withdraw.setArray(1, connection.createArrayOf("uuid", attempts.toArray()));
            withdraw.executeUpdate();
        }
    }

    /// As PostgreSQL orders them; Java compares the halves as signed numbers.
    private static int compare(UUID one, UUID other) {
        int high = Long.compareUnsigned(one.getMostSignificantBits(), other.getMostSignificantBits());
        return high != 0 ? high : Long.compareUnsigned(one.getLeastSignificantBits(), other.getLeastSignificantBits());
    }

    static String outcome(PushResult result) {
        return switch (result) {
            case PushResult.Accepted _ -> "accepted";
            case PushResult.TokenDead _ -> "token_dead";
            case PushResult.Rejected _ -> "rejected";
            case PushResult.RetryAfter _, PushResult.ProviderDown _ -> "retry";
            case PushResult.Ambiguous _ -> "ambiguous";
        };
    }

    private static String detail(PushResult result) {
        return switch (result) {
            case PushResult.Accepted accepted -> accepted.providerMessageId();
            case PushResult.TokenDead dead -> dead.reason();
            case PushResult.Rejected rejected -> rejected.reason();
            case PushResult.RetryAfter later -> later.reason();
            case PushResult.ProviderDown down -> down.reason();
            case PushResult.Ambiguous ambiguous -> ambiguous.reason();
        };
    }
}
