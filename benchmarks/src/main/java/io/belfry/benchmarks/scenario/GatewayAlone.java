package io.belfry.benchmarks.scenario;

import io.belfry.benchmarks.load.FeedPublisher;
import io.belfry.benchmarks.load.Generator;
import io.belfry.benchmarks.load.Shout;
import io.belfry.benchmarks.load.Sockets;
import io.belfry.benchmarks.load.Users;
import io.belfry.benchmarks.machine.CpuMeter;
import io.belfry.benchmarks.machine.Processes;
import io.belfry.benchmarks.report.Figure;
import io.belfry.benchmarks.report.Report;
import io.belfry.benchmarks.report.Result;
import io.belfry.benchmarks.server.BarePeer;
import io.belfry.benchmarks.server.GatewayPeer;
import io.belfry.benchmarks.server.Peer;
import io.belfry.benchmarks.server.Servers;
import io.belfry.core.feed.FeedMessage;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The live path alone, and the least that Netty does for it, one after the other in the same session: rows G1 to
/// G6. Each has one event loop, and each is started anew.
public final class GatewayAlone {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int FEW = 1_000;
    private static final int PER_SECOND = 5_000;
    private static final int WARM_ROUNDS = 12;
    private static final int WARM_ANNOUNCEMENTS = 20;
    private static final int ANNOUNCEMENTS = 20;
    private static final Duration WARM = Duration.ofSeconds(10);

    /// Longer than the JVM keeps memory that it does not use.
    private static final Duration SETTLE = Duration.ofSeconds(20);

    private static final Map<String, String> ONE_LOOP = Map.of("MICRONAUT_NETTY_EVENT_LOOPS_DEFAULT_NUM_THREADS", "1");

    private final Subject subject;
    private final Generator generator;
    private final int connections;
    private final Duration time;

    /// @param connections of which the last are opened once the first thousand are there
    public GatewayAlone(Subject subject, Generator generator, int connections, Duration time) {
        this.subject = subject;
        this.generator = generator;
        this.connections = connections;
        this.time = time;
    }

    private interface Start {
        Peer peer(Servers servers) throws IOException, InterruptedException;
    }

    public void measure(Report report) throws IOException, InterruptedException {
        try (Servers servers = subject.servers()) {
            measure(servers, all -> BarePeer.start(subject.directory().resolve("bare"), all), report);
            measure(servers, all -> gateway(all, FeedMessage.Receipt.NOT_NEEDED), report);
            measure(servers, all -> gateway(all, FeedMessage.Receipt.WANTED), report);
        }
    }

    private GatewayPeer gateway(Servers servers, FeedMessage.Receipt receipt) throws IOException, InterruptedException {
        return new GatewayPeer(subject.role(servers, "gateway", ONE_LOOP), receipt);
    }

    private void measure(Servers servers, Start start, Report report) throws IOException, InterruptedException {
        Users few = users(FEW);
        Users many = users(connections - FEW);
        try (Peer peer = start.peer(servers)) {
            warmUp(peer);
            measure(servers, peer, few, many, report);
            announce(servers, peer, users(connections), report);
        }
    }

    /// To all at once, who came once the server was warm.
    private void announce(Servers servers, Peer peer, Users all, Report report)
            throws IOException, InterruptedException {
        try (Sockets sockets = Sockets.open(generator, peer.sockets(all), all, PATIENCE);
                FeedPublisher publisher = new FeedPublisher(
                        servers.redis().port(), servers.redis().password())) {
            report.add(result("G5", peer, "opened at once, warm", Figure.CONNECTS_PER_S)
                    .with(Figure.CONNECTS_PER_S, sockets.connectsPerSecond()));
            announce(peer, publisher, sockets, all, WARM_ANNOUNCEMENTS);
            Window window = Window.open(sockets, peer.parts());
            announce(peer, publisher, sockets, all, ANNOUNCEMENTS);
            report.add(window.close(result("G2", peer, ANNOUNCEMENTS + " broadcasts", Figure.CPU_JVM)));
        }
    }

    private static void announce(Peer peer, FeedPublisher publisher, Sockets sockets, Users all, int times)
            throws IOException, InterruptedException {
        for (int i = 0; i < times; i++) {
            peer.announce(publisher, Shout.toAll(all));
            sockets.awaitAll(Window.QUIET);
        }
    }

    /// Clients come and go until the JVM has compiled what lets them in.
    private void warmUp(Peer peer) throws InterruptedException {
        Users users = users(FEW);
        for (int i = 0; i < WARM_ROUNDS; i++) {
            Sockets.open(generator, peer.sockets(users), users, PATIENCE).close();
        }
    }

    private void measure(Servers servers, Peer peer, Users few, Users many, Report report)
            throws IOException, InterruptedException {
        try (Sockets first = Sockets.open(generator, peer.sockets(few), few, PATIENCE);
                FeedPublisher publisher = new FeedPublisher(
                        servers.redis().port(), servers.redis().password())) {
            publisher.run(few, peer.form(), PER_SECOND, WARM);
            first.awaitAll(Window.QUIET);
            long before = settled(peer);
            try (Sockets rest = Sockets.open(generator, peer.sockets(many), many, PATIENCE)) {
                report.add(result("G5 first", peer, "opened at once", Figure.CONNECTS_PER_S)
                        .with(Figure.CONNECTS_PER_S, rest.connectsPerSecond()));
                long each = (settled(peer) - before) / rest.count();
                report.add(result("G1", peer, "idle", Figure.BYTES_PER_CONNECTION)
                        .with(Figure.BYTES_PER_CONNECTION, each));
                publisher.run(many, peer.form(), PER_SECOND, WARM);
                rest.awaitAll(Window.QUIET);
                Window window = Window.open(rest, peer.parts());
                publisher.run(many, peer.form(), PER_SECOND, time);
                report.add(window.close(result("G3", peer, PER_SECOND + " unicasts/s", Figure.CPU_JVM)));
            }
        }
    }

    private static Users users(int count) {
        return new Users("live-" + Long.toString(System.nanoTime(), 36) + "-", count);
    }

    /// What the process holds when nothing happens.
    private static long settled(Peer peer) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(SETTLE.toNanos());
        return Processes.proportionalBytes(peer.parts().get(CpuMeter.Part.JVM));
    }

    private Result result(String row, Peer peer, String how, Figure main) {
        return Result.of(row, peer.name(), String.format(Locale.ROOT, "%,d sockets, %s", connections, how), main);
    }
}
