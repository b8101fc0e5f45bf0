package io.belfry.console.overview;

import io.belfry.core.event.Priority;
import io.belfry.core.node.Node;
import io.belfry.core.node.Nodes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Jdbi;

/// What the installation does right now: the nodes' own figures added up, and what waits in the lanes. Thread-safe;
/// blocks on
/// the database and on Redis.
@Singleton
final class Figures {
    private static final String WAITING = """
            select l.priority, count(p.seq), min(uuid_extract_timestamp(p.event_id))
            from lanes l left join pending_events p on p.lane = l.id
            group by l.priority order by l.priority
            """;

    private final Nodes nodes;
    private final Jdbi jdbi;

    Figures(Nodes nodes, Jdbi jdbi) {
        this.nodes = nodes;
        this.jdbi = jdbi;
    }

    /// One figure, as counted since the nodes started.
    ///
    /// @param note what it counts, or how it splits
    record Figure(String label, String value, String note) {}

    /// A running process.
    record NodeLine(String name, String roles, Instant startedAt, String connections) {}

    /// Events of one priority that are not dispatched yet.
    ///
    /// @param lag how long the oldest has waited; null when none waits
    record LaneLine(String priority, long waiting, String lag) {}

    record Now(List<Figure> figures, List<NodeLine> nodes, List<LaneLine> lanes, long deadLetters) {}

    Now now() {
        List<Node> alive = nodes.list();
        var figures = List.of(
                new Figure("Connections", sum(alive, "belfry.gateway.connections"), "open on all gateways"),
                new Figure("Events accepted", sum(alive, "belfry.events.accepted"), "since the nodes started"),
                new Figure("Notifications", sum(alive, "belfry.notifications.written"), "written to inboxes"),
                new Figure("Deliveries", sum(alive, "belfry.gateway.deliveries"), "frames to sockets"),
                new Figure(
                        "Pushes accepted",
                        sum(alive, "belfry.push.outcomes{accepted}"),
                        sum(alive, "belfry.push.outcomes{suppressed_received}") + " were not needed"));
        var lines = alive.stream()
                .map(node -> new NodeLine(
                        node.name(),
                        String.join(", ", node.roles().stream().sorted().toList()),
                        node.startedAt(),
                        whole(node.figure("belfry.gateway.connections"))))
                .toList();
        return new Now(figures, lines, lanes(), deadLetters());
    }

    private List<LaneLine> lanes() {
        Instant now = Instant.now();
        return jdbi.withHandle(h -> {
            var lines = new ArrayList<LaneLine>();
            h.createQuery(WAITING)
                    .map((row, c) -> new LaneLine(
                            Priority.ofCode(row.getInt(1)).label(),
                            row.getLong(2),
                            row.getTimestamp(3) == null
                                    ? null
                                    : lag(Duration.between(row.getTimestamp(3).toInstant(), now))))
                    .forEach(lines::add);
            return lines;
        });
    }

    private long deadLetters() {
        return jdbi.withHandle(h -> h.createQuery("select count(*) from dead_letters")
                .mapTo(Long.class)
                .one());
    }

    private static String lag(Duration lag) {
        return lag.toSeconds() < 120 ? Math.max(0, lag.toMillis()) + " ms" : lag.toMinutes() + " min";
    }

    private static String sum(List<Node> nodes, String metric) {
        return whole(nodes.stream().mapToDouble(node -> node.figure(metric)).sum());
    }

    private static String whole(double value) {
        return String.format("%,d", Math.round(value));
    }
}
