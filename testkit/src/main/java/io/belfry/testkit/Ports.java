package io.belfry.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/// TCP ports of the loopback interface.
final class Ports {
    private Ports() {}

    /// Turns a wanted port into one a server can bind now. Somebody else may take it before the server does; the
    /// server then fails to start and says so.
    ///
    /// @param wanted the port, or 0 for any
    /// @throws IllegalStateException when the wanted port is taken
    static int resolve(int wanted, String server) throws IOException {
        try (ServerSocket probe = new ServerSocket()) {
            // As the servers do, so that connections of an earlier run in TIME_WAIT are no obstacle.
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), wanted));
            return probe.getLocalPort();
        } catch (java.net.BindException taken) {
            throw new IllegalStateException(
                    "port " + wanted + " for " + server + " is taken (expected: a free port, or 0 for any)", taken);
        }
    }
}
