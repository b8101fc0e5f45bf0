package io.belfry.console.overview;

import io.belfry.console.Visit;
import io.belfry.core.event.Priority;
import io.belfry.core.node.Node;
import io.belfry.core.node.NodeSettings;
import io.belfry.core.node.Nodes;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// What the installation does right now: the nodes' own figures added up, what waits, and what somebody should look at.
/// Thread-safe; blocks on the database and on Redis.
@Singleton
final class Figures {
    private static final List<String> ROLES = List.of("api", "dispatcher", "gateway", "console");
    private static final Duration SLOW = Duration.ofSeconds(2);
    private static final Duration STUCK = Duration.ofSeconds(30);

    private final Nodes nodes;
    private final NodeSettings settings;
    private final Backlog backlog;
    private final Approvals approvals;
    private final Clock clock;

    Figures(Nodes nodes, NodeSettings settings, Backlog backlog, Approvals approvals, Clock clock) {
        this.nodes = nodes;
        this.settings = settings;
        this.backlog = backlog;
        this.approvals = approvals;
        this.clock = clock;
    }

    /// One figure, as counted since the nodes started.
    ///
    /// @param note what it counts, or how it splits
    record Figure(String label, String value, String note) {}

    /// A running process.
    ///
    /// @param late whether it missed a heartbeat
    record NodeLine(
            String name, List<String> roles, Instant startedAt, String seen, boolean late, String connections) {}

    /// Events of one priority that are not dispatched yet.
    ///
    /// @param dot how worrying it is
    record LaneLine(String priority, String dot, String says) {}

    /// Something that should be looked at.
    ///
    /// @param link where, or null
    record Alarm(boolean urgent, String says, String link, String linkText) {}

    record Now(
            List<Alarm> alarms,
            List<Figure> figures,
            List<NodeLine> nodes,
            List<LaneLine> lanes,
            List<Backlog.DeadLetter> deadLetters,
            List<Approvals.Line> approvals) {}

    /// @param visit whose approval may be waited for
    Now now(Visit visit) {
        List<Node> alive = nodes.list();
        List<Backlog.Lane> lanes = backlog.lanes();
        return new Now(
                alarms(alive, lanes),
                figures(alive),
                alive.stream().map(this::line).toList(),
                lanes.stream().map(this::line).toList(),
                backlog.newestDeadLetters(),
                approvals.of(visit));
    }

    private static List<Figure> figures(List<Node> alive) {
        return List.of(
                new Figure("Connections", sum(alive, "belfry.gateway.connections"), "open on all gateways"),
                new Figure("Events accepted", sum(alive, "belfry.events.accepted"), "since the nodes started"),
                new Figure("Notifications", sum(alive, "belfry.notifications.written"), "written to inboxes"),
                new Figure("Deliveries", sum(alive, "belfry.gateway.deliveries"), "frames to sockets"),
                new Figure(
                        "Pushes accepted",
                        sum(alive, "belfry.push.outcomes{accepted}"),
                        sum(alive, "belfry.push.outcomes{suppressed_received}") + " were not needed"));
    }

    private List<Alarm> alarms(List<Node> alive, List<Backlog.Lane> lanes) {
        var alarms = new ArrayList<Alarm>();
        if (!alive.isEmpty()) {
            List<String> missing = ROLES.stream()
                    .filter(role ->
                            alive.stream().noneMatch(node -> node.roles().contains(role)))
                    .toList();
            if (!missing.isEmpty()) {
                alarms.add(new Alarm(
                        true,
                        "No node runs the " + (missing.size() == 1 ? "role " : "roles ") + String.join(", ", missing)
                                + ".",
                        null,
                        null));
            }
        }
        lanes.stream()
                .filter(lane ->
                        lane.lag(clock).filter(lag -> lag.compareTo(STUCK) > 0).isPresent())
                .map(lane -> new Alarm(
                        true,
                        "Events of priority " + Priority.ofCode(lane.priority()).label() + " have waited for "
                                + words(lane.lag(clock).orElseThrow())
                                + ". Does a dispatcher run, and is the database well?",
                        null,
                        null))
                .forEach(alarms::add);
        backlog.overduePushes()
                .map(overdue -> new Alarm(
                        true,
                        overdue.says() + " overdue, the oldest by "
                                + words(Duration.between(overdue.oldest(), clock.instant()))
                                + ". Is the provider reachable?",
                        null,
                        null))
                .ifPresent(alarms::add);
        long dead = backlog.deadLetters();
        if (dead > 0) {
            alarms.add(new Alarm(
                    true,
                    whole(dead) + (dead == 1 ? " dead letter waits" : " dead letters wait") + " for a person.",
                    "/console/dead-letters",
                    "See them"));
        }
        long running = backlog.runningBroadcasts();
        if (running > 0) {
            alarms.add(new Alarm(
                    false,
                    running == 1 ? "A broadcast is on its way." : running + " broadcasts are on their way.",
                    "/console/broadcasts?view=running",
                    "Follow"));
        }
        return alarms;
    }

    private NodeLine line(Node node) {
        Duration silent = Duration.between(node.seenAt(), clock.instant());
        return new NodeLine(
                node.name(),
                node.roles().stream().sorted().toList(),
                node.startedAt(),
                words(silent),
                silent.compareTo(settings.heartbeatEvery().multipliedBy(5).dividedBy(2)) > 0,
                node.roles().contains("gateway") ? whole(node.figure("belfry.gateway.connections")) : null);
    }

    private LaneLine line(Backlog.Lane lane) {
        String priority = Priority.ofCode(lane.priority()).label();
        Optional<Duration> lag = lane.lag(clock);
        if (lag.isEmpty()) {
            return new LaneLine(priority, "dot-good", "nothing waits");
        }
        String dot =
                lag.get().compareTo(STUCK) > 0 ? "dot-bad" : lag.get().compareTo(SLOW) > 0 ? "dot-warn" : "dot-good";
        return new LaneLine(priority, dot, lane.says() + " waiting, the oldest for " + words(lag.get()));
    }

    static String words(Duration time) {
        long seconds = Math.max(0, time.toSeconds());
        return Stream.of(
                        seconds < 2 ? Math.max(0, time.toMillis()) + " ms" : null,
                        seconds < 120 ? seconds + " s" : null,
                        seconds < 7200 ? seconds / 60 + " min" : null,
                        seconds / 3600 + " hours")
                .filter(text -> text != null)
                .findFirst()
                .orElseThrow();
    }

    private static String sum(List<Node> nodes, String metric) {
        return whole(nodes.stream().mapToDouble(node -> node.figure(metric)).sum());
    }

    private static String whole(double value) {
        return String.format(Locale.ENGLISH, "%,d", Math.round(value));
    }
}
