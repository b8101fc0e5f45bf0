package io.belfry.gateway;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.nio.charset.StandardCharsets;

/// Who a connection in a plain channel is, as others there are told.
///
/// Wire form: the four parts, each followed by a newline.
///
/// @param user empty when it is a service
/// @param client the server's own name for the connection, or empty
/// @param connInfo what the connection's token says of it, one line of JSON, or empty
/// @param chanInfo what the subscription's token says of it, one line of JSON, or empty
record ClientInfo(String user, String client, String connInfo, String chanInfo) {
    static final ClientInfo SERVICE = new ClientInfo("", "", "", "");

    private static final int PARTS = 4;

    boolean isService() {
        return user.isEmpty();
    }

    byte[] encode() {
        return (user + "\n" + client + "\n" + connInfo + "\n" + chanInfo + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /// @param from where in the array it begins
    static ClientInfo decode(byte[] encoded, int from) {
        var parts = new String[PARTS];
        int start = from;
        for (int i = 0; i < PARTS; i++) {
            int end = next(encoded, start);
            parts[i] = new String(encoded, start, end - start, StandardCharsets.UTF_8);
            start = end + 1;
        }
        return new ClientInfo(parts[0], parts[1], parts[2], parts[3]);
    }

    /// Where the one that begins there ends.
    static int end(byte[] encoded, int from) {
        int end = from;
        for (int i = 0; i < PARTS; i++) {
            end = next(encoded, end) + 1;
        }
        return end;
    }

    private static int next(byte[] in, int from) {
        for (int i = from; i < in.length; i++) {
            if (in[i] == '\n') {
                return i;
            }
        }
        throw new IllegalArgumentException("no client: " + in.length + " bytes");
    }

    String json() {
        return "{\"user\":\"" + quoted(user) + "\",\"client\":\"" + quoted(client) + '"'
                + (connInfo.isEmpty() ? "" : ",\"conn_info\":" + connInfo)
                + (chanInfo.isEmpty() ? "" : ",\"chan_info\":" + chanInfo) + "}";
    }

    ProtobufOutput protobuf() {
        return new ProtobufOutput()
                .text(1, user)
                .text(2, client)
                .text(3, connInfo)
                .text(4, chanInfo);
    }

    private static String quoted(String text) {
        return new String(JsonStringEncoder.getInstance().quoteAsString(text));
    }
}
