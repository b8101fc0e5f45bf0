package io.belfry.testkit;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TcpProxyTest {
    private final ServerSocket listener;
    private final TcpProxy proxy;
    private final Socket client;
    private final Socket server;

    TcpProxyTest() throws IOException {
        listener = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
        proxy = new TcpProxy("127.0.0.1", listener.getLocalPort());
        client = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        server = listener.accept();
        client.setSoTimeout(10_000);
        server.setSoTimeout(10_000);
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        server.close();
        proxy.close();
        listener.close();
    }

    @Test
    void passesBothWaysAndTheEnd() throws IOException {
        send(client, "ask");
        assertThat(read(server, 3)).isEqualTo("ask");
        send(server, "answer");
        assertThat(read(client, 6)).isEqualTo("answer");

        client.close();
        assertThat(server.getInputStream().read()).isEqualTo(-1);
        server.close();
        await().atMost(5, SECONDS).until(() -> proxy.connections() == 0);
    }

    @Test
    void delays() throws IOException {
        proxy.delay(Duration.ofMillis(80));
        long start = System.nanoTime();

        send(client, "late");

        assertThat(read(server, 4)).isEqualTo("late");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(80));
    }

    @Test
    void throttles() throws IOException {
        proxy.throttle(1_000, TcpProxy.Direction.TO_SERVER);
        long start = System.nanoTime();

        send(client, "x".repeat(100));

        assertThat(read(server, 100)).hasSize(100);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(100));
    }

    @Test
    void holdsEverythingInABlackHoleAndLetsItGoAfterwards() throws IOException {
        proxy.blackHole();
        send(client, "held");
        server.setSoTimeout(100);
        assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> read(server, 4));

        proxy.pass();

        server.setSoTimeout(10_000);
        assertThat(read(server, 4)).isEqualTo("held");
    }

    @Test
    void swallowsAnswersOnly() throws IOException {
        proxy.blackHole(TcpProxy.Direction.TO_CLIENT);
        send(client, "ask");
        assertThat(read(server, 3)).isEqualTo("ask");
        send(server, "answer");
        client.setSoTimeout(100);

        assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> read(client, 6));
    }

    @Test
    void halfClosesOneDirection() throws IOException {
        proxy.halfClose(TcpProxy.Direction.TO_CLIENT);

        assertThat(client.getInputStream().read()).isEqualTo(-1);
        send(client, "still");
        assertThat(read(server, 5)).isEqualTo("still");
    }

    @Test
    void resetsBothSides() {
        proxy.reset();

        assertThatExceptionOfType(SocketException.class)
                .isThrownBy(() -> client.getInputStream().read());
        assertThatExceptionOfType(SocketException.class)
                .isThrownBy(() -> server.getInputStream().read());
    }

    @Test
    void refusesNewConnectionsOnly() throws IOException {
        proxy.refuse();
        try (Socket late = new Socket(InetAddress.getLoopbackAddress(), proxy.port())) {
            assertThatExceptionOfType(SocketException.class)
                    .isThrownBy(() -> late.getInputStream().read());
        }
        send(client, "open");
        assertThat(read(server, 4)).isEqualTo("open");
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String read(Socket socket, int bytes) throws IOException {
        return new String(socket.getInputStream().readNBytes(bytes), StandardCharsets.US_ASCII);
    }
}
