package io.belfry.benchmarks.load;

import java.nio.charset.StandardCharsets;
import java.util.StringJoiner;

/// Makes the events of a run. Each connection has users of its own, which it takes in turn, so that the events of one
/// user are never under way side by side.
public final class Events {
    private final Users users;
    private final int connections;
    private final int perRequest;
    private final int recipients;
    private final int[] turn;

    /// @param perRequest more than 1 makes batches
    /// @param recipients of each event
    public Events(Users users, int connections, int perRequest, int recipients) {
        if (users.count() < connections * recipients) {
            throw new IllegalArgumentException(
                    users.count() + " users (expected: " + connections * recipients + " or more)");
        }
        this.users = users;
        this.connections = connections;
        this.perRequest = perRequest;
        this.recipients = recipients;
        this.turn = new int[connections];
    }

    int connections() {
        return connections;
    }

    int perRequest() {
        return perRequest;
    }

    int recipients() {
        return recipients;
    }

    String path() {
        return perRequest == 1 ? "/v1/events" : "/v1/events:batch";
    }

    /// The body of a connection's next request.
    ///
    /// @param nanos when it is to be sent
    byte[] next(int connection, long nanos) {
        if (perRequest == 1) {
            return one(connection, nanos).getBytes(StandardCharsets.US_ASCII);
        }
        StringJoiner events = new StringJoiner(",", "{\"events\":[", "]}");
        for (int i = 0; i < perRequest; i++) {
            events.add(one(connection, nanos));
        }
        return events.toString().getBytes(StandardCharsets.US_ASCII);
    }

    /// All recipients of an event are to have had as many notifications before.
    private String one(int connection, long nanos) {
        int mine = users.count() / connections / recipients * recipients;
        StringJoiner to = new StringJoiner("\",\"", "[\"", "\"]");
        int number = 0;
        for (int i = 0; i < recipients; i++) {
            int user = connection * mine + turn[connection];
            turn[connection] = (turn[connection] + 1) % mine;
            int next = users.next(user);
            if (number != 0 && next != number) {
                throw new IllegalStateException("recipients of one event differ in what they were sent before");
            }
            number = next;
            to.add(users.id(user));
        }
        return "{\"type\":\"bench.order\",\"recipients\":" + to + ",\"data\":" + new Stamp(number, nanos).data() + "}";
    }
}
