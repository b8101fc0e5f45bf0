package io.belfry.benchmarks.load;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/// Publishes at Redis, as dispatchers do, over one connection: so many messages a second, whatever comes of them.
public final class FeedPublisher implements AutoCloseable {
    private static final byte[] PUBLISH = "PUBLISH".getBytes(StandardCharsets.US_ASCII);
    private static final Duration PAUSE = Duration.ofNanos(200_000);

    private final java.net.Socket socket;
    private final OutputStream out;

    /// What a message for a user is called and looks like.
    public interface Form {
        byte[] channel(String user);

        /// @param number of the notification among those of its user
        /// @param data with a stamp
        byte[] message(int number, String data);
    }

    public FeedPublisher(int port, String password) throws IOException {
        socket = new java.net.Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        out = new BufferedOutputStream(socket.getOutputStream(), 1 << 16);
        command("AUTH".getBytes(StandardCharsets.US_ASCII), password.getBytes(StandardCharsets.US_ASCII));
        out.flush();
        Thread.ofVirtual().start(this::skipAnswers);
    }

    /// @param redis its address, with the password
    public static FeedPublisher at(URI redis) throws IOException {
        String user = redis.getUserInfo();
        return new FeedPublisher(redis.getPort(), user.substring(user.indexOf(':') + 1));
    }

    /// Publishes one message.
    public void publish(byte[] channel, byte[] message) throws IOException {
        command(PUBLISH, channel, message);
        out.flush();
    }

    private void skipAnswers() {
        byte[] answers = new byte[1 << 16];
        try (InputStream in = socket.getInputStream()) {
            while (in.read(answers) >= 0) {
                // How many listened does not matter: the sockets count.
            }
        } catch (IOException closed) {
            // By close().
        }
    }

    /// Publishes to the users in turn.
    ///
    /// @return how many messages
    public long run(Users users, Form form, double perSecond, Duration duration) throws IOException {
        long begin = System.nanoTime();
        long count = 0;
        while (true) {
            long now = System.nanoTime();
            if (now - begin >= duration.toNanos()) {
                out.flush();
                return count;
            }
            long due = (long) ((now - begin) / 1e9 * perSecond);
            for (; count < due; count++) {
                int user = (int) (count % users.count());
                int number = users.next(user);
                long sent = begin + (long) (count * 1e9 / perSecond);
                command(PUBLISH, form.channel(users.id(user)), form.message(number, new Stamp(number, sent).data()));
            }
            out.flush();
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    private void command(byte[]... words) throws IOException {
        ascii("*" + words.length + "\r\n");
        for (byte[] word : words) {
            ascii("$" + word.length + "\r\n");
            out.write(word);
            ascii("\r\n");
        }
    }

    private void ascii(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
