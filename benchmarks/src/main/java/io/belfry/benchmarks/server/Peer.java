package io.belfry.benchmarks.server;

import io.belfry.benchmarks.load.FeedPublisher;
import io.belfry.benchmarks.load.Plan;
import io.belfry.benchmarks.load.Users;
import io.belfry.benchmarks.machine.CpuMeter;
import java.io.IOException;
import java.util.Map;

/// A server that carries what is published at Redis to WebSockets: the gateway, or what it is compared with.
public interface Peer extends AutoCloseable {
    String name();

    Plan sockets(Users users);

    FeedPublisher.Form form();

    /// Says a text to all sockets at once.
    void announce(FeedPublisher publisher, String text) throws IOException;

    /// Whose use of the machine counts.
    Map<CpuMeter.Part, Long> parts();

    @Override
    void close();
}
