package io.belfry.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The runner is only worth something if it sees what goes wrong.
@Timeout(30)
class SocketsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration QUIET = Duration.ofMillis(200);

    private static String stamped(int number) {
        return "{\"push\":{\"data\":" + new Stamp(number, System.nanoTime()).data() + "}}";
    }

    private static byte[] frame(String text) {
        byte[] payload = text.getBytes(StandardCharsets.US_ASCII);
        ByteBuf frame = Unpooled.buffer().writeByte(0x81);
        if (payload.length < 126) {
            frame.writeByte(payload.length);
        } else {
            frame.writeByte(126).writeShort(payload.length);
        }
        byte[] bytes = new byte[frame.readableBytes() + payload.length];
        frame.readBytes(bytes, 0, bytes.length - payload.length);
        System.arraycopy(payload, 0, bytes, bytes.length - payload.length, payload.length);
        return bytes;
    }

    private interface Script {
        void run(InputStream in, OutputStream out) throws IOException;
    }

    /// One socket, which the user's five notifications are to come to.
    private static Sockets.Outcome afterFive(Script script) throws Exception {
        CountDownLatch sent = new CountDownLatch(1);
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Generator generator = new Generator()) {
            Thread.ofVirtual().start(() -> serve(server, sent, script));
            Users users = new Users("u", 1);
            try (Sockets sockets = Sockets.open(generator, plan(server.getLocalPort()), users, PATIENCE)) {
                for (int i = 0; i < 5; i++) {
                    users.next(0);
                }
                sent.countDown();
                return sockets.awaitAll(QUIET);
            }
        }
    }

    private static void serve(ServerSocket server, CountDownLatch begin, Script script) {
        try (var socket = server.accept()) {
            String request = "";
            while (!request.endsWith("\r\n\r\n")) {
                request += (char) socket.getInputStream().read();
            }
            socket.getOutputStream()
                    .write("HTTP/1.1 101 Switching Protocols\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            begin.await();
            script.run(socket.getInputStream(), socket.getOutputStream());
            socket.getInputStream().readAllBytes();
        } catch (IOException | InterruptedException over) {
            // What was not sent shows in the outcome.
        }
    }

    private static Plan plan(int port) {
        return new Plan() {
            @Override
            public InetSocketAddress server() {
                return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
            }

            @Override
            public String path(int user) {
                return "/";
            }

            @Override
            public boolean isReadyAfterUpgrade() {
                return true;
            }

            @Override
            public byte[] hello(int user) {
                throw new AssertionError();
            }

            @Override
            public ByteBuf readyMark() {
                throw new AssertionError();
            }
        };
    }

    @Test
    void countsWhatComesInOrder() throws Exception {
        Sockets.Outcome outcome = afterFive((in, out) -> {
            for (int i = 1; i <= 5; i++) {
                out.write(frame(stamped(i)));
            }
        });

        assertThat(outcome.count()).isEqualTo(5);
        assertThat(outcome.lost() + outcome.duplicates() + outcome.reordered()).isZero();
        assertThat(outcome.millis(100)).isBetween(0.0, 5_000.0);
    }

    @Test
    void findsSeveralMessagesInAFrameAndFramesInPieces() throws Exception {
        Sockets.Outcome outcome = afterFive((in, out) -> {
            for (byte b : frame(stamped(1) + "\n" + stamped(2) + "\n" + stamped(3))) {
                out.write(b);
                out.flush();
            }
            out.write(frame(stamped(4)));
            out.write(frame(stamped(5)));
        });

        assertThat(outcome.count()).isEqualTo(5);
        assertThat(outcome.lost()).isZero();
    }

    @Test
    void seesLossDoublesAndDisorder() throws Exception {
        Sockets.Outcome outcome = afterFive((in, out) -> {
            for (int number : new int[] {1, 1, 3, 2, 4}) {
                out.write(frame(stamped(number)));
            }
        });

        assertThat(outcome.duplicates()).isEqualTo(1);
        assertThat(outcome.reordered()).isEqualTo(1);
        assertThat(outcome.lost()).isEqualTo(1);
        assertThat(outcome.count()).isEqualTo(4);
    }

    @Test
    void answersThePingAtTheEndOfAFrame() throws Exception {
        byte[] pong = new byte[8];
        afterFive((in, out) -> {
            out.write(frame(stamped(1) + "\n{}"));
            assertThat(in.readNBytes(pong, 0, pong.length)).isEqualTo(pong.length);
        });

        assertThat(pong).containsExactly(0x81, 0x82, 0, 0, 0, 0, '{', '}');
    }

    @Test
    void failsWhenTheServerClosesASocket() {
        assertThatThrownBy(() -> afterFive((in, out) -> out.close()))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed by the server");
    }
}
