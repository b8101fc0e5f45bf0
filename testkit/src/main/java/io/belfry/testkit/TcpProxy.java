package io.belfry.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// A TCP proxy on the loopback interface that breaks connections on purpose. It passes everything until told
/// otherwise; what it is told holds for open connections and for new ones.
///
/// Safe for use by several threads. Each connection takes two virtual threads and 128 KiB.
public final class TcpProxy implements AutoCloseable {
    private static final int CHUNK_BYTES = 64 << 10;
    private static final int CONNECT_TIMEOUT_MILLIS = 5_000;

    /// Which way bytes flow.
    public enum Direction {
        TO_SERVER,
        TO_CLIENT
    }

    /// What happens to the bytes of one direction.
    private sealed interface Behaviour {
        record Pass() implements Behaviour {}

        record Delay(Duration by) implements Behaviour {}

        record Throttle(int bytesPerSecond) implements Behaviour {}

        record Hold() implements Behaviour {}
    }

    private volatile InetSocketAddress server;
    private final ServerSocket listener;
    private final Set<Link> links = ConcurrentHashMap.newKeySet();
    private final Map<Direction, Behaviour> behaviours = new EnumMap<>(Direction.class);
    private boolean refusing;
    private boolean closed;

    /// @throws IOException when no port can be had
    public TcpProxy(String host, int port) throws IOException {
        server = new InetSocketAddress(host, port);
        listener = new ServerSocket(0, 512, InetAddress.getLoopbackAddress());
        pass();
        Thread.ofVirtual().name("tcp-proxy-accept").start(this::accept);
    }

    /// The port that clients connect to.
    public int port() {
        return listener.getLocalPort();
    }

    /// How many connections go through.
    public int connections() {
        return links.size();
    }

    /// Back to normal: what was held flows on, as after a network that was cut for a while.
    public void pass() {
        behave(new Behaviour.Pass(), Direction.values());
        synchronized (this) {
            refusing = false;
        }
    }

    /// Each chunk of bytes, in both directions, arrives that much later.
    public void delay(Duration by) {
        behave(new Behaviour.Delay(by), Direction.values());
    }

    public void throttle(int bytesPerSecond, Direction... directions) {
        behave(new Behaviour.Throttle(bytesPerSecond), directions);
    }

    /// Connections stay open and nothing gets through, not even their end, until [#pass()]. Without directions:
    /// both.
    public void blackHole(Direction... directions) {
        behave(new Behaviour.Hold(), directions.length == 0 ? Direction.values() : directions);
    }

    /// New connections go to another server on the loopback interface, as a load balancer would send them; open ones
    /// stay where they are.
    public void redirect(int port) {
        server = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /// New connections are reset at once; open ones are not touched.
    public synchronized void refuse() {
        refusing = true;
    }

    /// Ends one direction of every open connection in good order; the other goes on.
    public void halfClose(Direction direction) {
        links.forEach(link -> link.finish(direction));
    }

    /// Resets every open connection, seen from both sides. New ones are accepted.
    public void reset() {
        links.forEach(Link::reset);
    }

    private synchronized void behave(Behaviour behaviour, Direction... directions) {
        Arrays.stream(directions).forEach(direction -> behaviours.put(direction, behaviour));
        notifyAll();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                Thread.ofVirtual().name("tcp-proxy-connect").start(() -> connect(client));
            } catch (IOException closedNow) {
                return;
            }
        }
    }

    private void connect(Socket client) {
        Link link = new Link(client, new Socket());
        links.add(link);
        try {
            if (refusesNow()) {
                throw new IOException("refusing");
            }
            link.server.connect(server, CONNECT_TIMEOUT_MILLIS);
            client.setTcpNoDelay(true);
            link.server.setTcpNoDelay(true);
            Thread.ofVirtual().name("tcp-proxy-to-client").start(() -> link.pump(Direction.TO_CLIENT));
            link.pump(Direction.TO_SERVER);
        } catch (IOException unreachable) {
            link.reset();
        }
    }

    private synchronized boolean refusesNow() {
        return refusing || closed;
    }

    /// Returns when the bytes may go on.
    private void hold(Direction direction, int bytes) throws InterruptedException {
        Duration wait;
        synchronized (this) {
            while (behaviours.get(direction) instanceof Behaviour.Hold && !closed) {
                wait();
            }
            wait = switch (behaviours.get(direction)) {
                case Behaviour.Delay(Duration by) -> by;
                case Behaviour.Throttle(int bytesPerSecond) ->
                    Duration.ofNanos(bytes * 1_000_000_000L / bytesPerSecond);
                case Behaviour.Pass _, Behaviour.Hold _ -> Duration.ZERO;
            };
        }
        TimeUnit.NANOSECONDS.sleep(wait.toNanos());
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            notifyAll();
        }
        try {
            listener.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        reset();
    }

    private final class Link {
        private final Socket client;
        private final Socket server;
        private int finished;

        Link(Socket client, Socket server) {
            this.client = client;
            this.server = server;
        }

        void pump(Direction direction) {
            Socket from = direction == Direction.TO_SERVER ? client : server;
            Socket to = direction == Direction.TO_SERVER ? server : client;
            byte[] chunk = new byte[CHUNK_BYTES];
            try {
                for (int read = from.getInputStream().read(chunk);
                        read >= 0;
                        read = from.getInputStream().read(chunk)) {
                    hold(direction, read);
                    to.getOutputStream().write(chunk, 0, read);
                }
                hold(direction, 0);
                finish(direction);
                endWhenBothAreFinished();
            } catch (IOException broken) {
                reset();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                reset();
            }
        }

        void finish(Direction direction) {
            try {
                (direction == Direction.TO_SERVER ? server : client).shutdownOutput();
            } catch (IOException alreadyClosed) {
                // That end is gone, which is what was wanted.
            }
        }

        private void endWhenBothAreFinished() throws IOException {
            synchronized (this) {
                if (++finished < Direction.values().length) {
                    return;
                }
            }
            links.remove(this);
            client.close();
            server.close();
        }

        void reset() {
            links.remove(this);
            for (Socket socket : new Socket[] {client, server}) {
                try (socket) {
                    if (!socket.isClosed()) {
                        // Closing with a linger of 0 sends RST.
                        socket.setOption(StandardSocketOptions.SO_LINGER, 0);
                    }
                } catch (IOException alreadyClosed) {
                    // Nothing left to reset.
                }
            }
        }
    }
}
