package io.belfry.testkit.websocket;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// A WebSocket client that does exactly what it is told, allowed or not: every byte that it sends is the test's, it
/// answers nothing by itself, and it reads only when asked. Connects to this machine alone. For one thread.
///
/// ```java
/// try (RawWebSocket socket = RawWebSocket.to(port, "/connection/websocket").open()) {
///     socket.sendText("{\"id\":1,\"connect\":{}}");
///     RawWebSocket.Frame answer = socket.read();
/// }
/// ```
public final class RawWebSocket implements AutoCloseable {
    public static final int CONTINUATION = 0;
    public static final int TEXT = 1;
    public static final int BINARY = 2;
    public static final int CLOSE = 8;
    public static final int PING = 9;
    public static final int PONG = 10;

    private static final int FIN = 0x80;
    private static final int MASKED = 0x80;
    private static final int[] MASK = {0x37, 0xfa, 0x21, 0x3d};
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final int END_OF_STREAM = -1;

    private final Socket socket;
    private final DataInputStream in;

    private RawWebSocket(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(socket.getInputStream());
    }

    /// @param path with its query, if any
    public static Opening to(int port, String path) {
        return new Opening(port, path);
    }

    /// How the connection is opened. Headers can be added and replaced.
    public static final class Opening {
        private final int port;
        private final String path;
        private final Map<String, String> headers = new LinkedHashMap<>();
        private int receiveBuffer;

        private Opening(int port, String path) {
            this.port = port;
            this.path = path;
            headers.put("Host", "127.0.0.1:" + port);
            headers.put("Upgrade", "websocket");
            headers.put("Connection", "Upgrade");
            headers.put("Sec-WebSocket-Version", "13");
            headers.put("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        }

        /// @param value null for no such header
        public Opening header(String name, String value) {
            if (value == null) {
                headers.remove(name);
            } else {
                headers.put(name, value);
            }
            return this;
        }

        /// How much the system takes in for the client that the client does not read, about.
        public Opening receiveBuffer(int bytes) {
            receiveBuffer = bytes;
            return this;
        }

        /// Connects and asks for the upgrade.
        ///
        /// @throws AssertionError when the server does not agree
        public RawWebSocket open() {
            RawWebSocket socket = connect();
            Response response = socket.request(this);
            if (response.status != 101) {
                socket.close();
                throw new AssertionError("no upgrade: " + response);
            }
            return socket;
        }

        /// Connects and asks for the upgrade, which the server is expected to refuse.
        public Response refused() {
            try (RawWebSocket socket = connect()) {
                return socket.request(this);
            }
        }

        /// Only connects.
        public RawWebSocket connect() {
            try {
                Socket socket = new Socket();
                if (receiveBuffer > 0) {
                    socket.setReceiveBufferSize(receiveBuffer);
                }
                socket.setTcpNoDelay(true);
                socket.setSoTimeout((int) PATIENCE.toMillis());
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                return new RawWebSocket(socket);
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }

    /// What the server answered to the request.
    ///
    /// @param headers by their names in lower case
    public record Response(int status, Map<String, String> headers) {}

    /// A frame of the server's.
    ///
    /// @param last whether the message ends with it
    public record Frame(int opcode, boolean last, byte[] payload) {
        public String text() {
            return new String(payload, StandardCharsets.UTF_8);
        }

        public boolean isClose() {
            return opcode == CLOSE;
        }

        /// The code of a close frame, or 0 when it has none.
        public int code() {
            return payload.length < 2 ? 0 : ByteBuffer.wrap(payload).getShort() & 0xFFFF;
        }

        /// The reason of a close frame.
        public String reason() {
            return payload.length < 2 ? "" : new String(payload, 2, payload.length - 2, StandardCharsets.UTF_8);
        }
    }

    /// Asks for an upgrade on a connection that was only made.
    public Response request(Opening opening) {
        StringBuilder request = new StringBuilder("GET " + opening.path + " HTTP/1.1\r\n");
        opening.headers.forEach(
                (name, value) -> request.append(name).append(": ").append(value).append("\r\n"));
        sendBytes(request.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        return response();
    }

    /// Reads the head of an HTTP response.
    public Response response() {
        try {
            String status = line();
            Map<String, String> headers = new LinkedHashMap<>();
            for (String header = line(); !header.isEmpty(); header = line()) {
                String[] parts = header.split(":", 2);
                headers.put(parts[0].toLowerCase(Locale.ROOT), parts[1].strip());
            }
            return new Response(Integer.parseInt(status.split(" ")[1]), headers);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private String line() throws IOException {
        var line = new ByteArrayOutputStream();
        for (int b = in.readUnsignedByte(); b != '\n'; b = in.readUnsignedByte()) {
            line.write(b);
        }
        return line.toString(StandardCharsets.ISO_8859_1).strip();
    }

    // Sending ---------------------------------------------------------------------------------------------------

    public void sendText(String message) {
        send(TEXT, true, message.getBytes(StandardCharsets.UTF_8));
    }

    /// Sends a proper frame.
    public void send(int opcode, boolean last, byte[] payload) {
        sendBytes(frame((last ? FIN : 0) | opcode, payload));
    }

    /// A masked frame with any first byte.
    public static byte[] frame(int first, byte[] payload) {
        byte[] header = header(first, MASKED, payload.length);
        byte[] frame = new byte[header.length + MASK.length + payload.length];
        System.arraycopy(header, 0, frame, 0, header.length);
        for (int i = 0; i < MASK.length; i++) {
            frame[header.length + i] = (byte) MASK[i];
        }
        for (int i = 0; i < payload.length; i++) {
            frame[header.length + MASK.length + i] = (byte) (payload[i] ^ MASK[i & 3]);
        }
        return frame;
    }

    /// The header of a frame without its mask, which may tell any length.
    ///
    /// @param mask the bit that says whether a mask follows
    public static byte[] header(int first, int mask, long length) {
        if (length >= 0 && length < 126) {
            return new byte[] {(byte) first, (byte) (mask | length)};
        }
        if (length >= 0 && length < 1 << 16) {
            return new byte[] {(byte) first, (byte) (mask | 126), (byte) (length >> 8), (byte) length};
        }
        return ByteBuffer.allocate(10)
                .put((byte) first)
                .put((byte) (mask | 127))
                .putLong(length)
                .array();
    }

    /// Sends bytes as they are.
    public void sendBytes(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    // Reading ---------------------------------------------------------------------------------------------------

    /// Waits for the next frame.
    ///
    /// @throws UncheckedIOException when the connection ends, or nothing comes for 20 s
    public Frame read() {
        try {
            int first = in.readUnsignedByte();
            int second = in.readUnsignedByte();
            if ((second & MASKED) != 0) {
                throw new AssertionError("the server masks its frames");
            }
            int length = second < 126 ? second : second == 126 ? in.readUnsignedShort() : (int) in.readLong();
            return new Frame(first & 0x0F, (first & FIN) != 0, in.readNBytes(length));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// Reads up to the close frame, and drops what comes before it.
    public Frame readClose() {
        Frame frame = read();
        while (!frame.isClose()) {
            frame = read();
        }
        return frame;
    }

    /// Reads until the server ends the connection, in good order or with a reset.
    public void readToEnd() {
        try {
            byte[] dropped = new byte[8192];
            while (in.read(dropped) != END_OF_STREAM) {
                // On to the end.
            }
        } catch (java.net.SocketTimeoutException stillOpen) {
            throw new AssertionError("the connection did not end", stillOpen);
        } catch (IOException reset) {
            // That is an end, too.
        }
    }

    /// Whether bytes are there to be read.
    public boolean hasBytes() {
        try {
            return in.available() > 0;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// How long [#read()] and the like wait.
    public RawWebSocket patience(Duration patience) {
        try {
            socket.setSoTimeout((int) patience.toMillis());
            return this;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// Resets the connection, without a close frame.
    @Override
    public void close() {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException alreadyClosed) {
            // Nothing is left to close.
        }
    }
}
