package io.belfry.gateway;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.belfry.core.inbox.InboxJson;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufOutputStream;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/// Builds the bytes of an event stream (`text/event-stream`). Stateless.
///
/// The body ends with the connection: without chunks an event is the same bytes for all, but for the line with its id.
final class Events {
    private static final JsonFactory JSON = new JsonFactory();
    private static final ByteBuf PING = Unpooled.unreleasableBuffer(
            text(ByteBufAllocator.DEFAULT, "event: ping\ndata: {}\n\n").asReadOnly());

    private Events() {}

    static ByteBuf text(ByteBufAllocator allocator, String text) {
        return ByteBufUtil.writeUtf8(allocator, text);
    }

    /// Needs no release, and releasing it does no harm.
    static ByteBuf ping() {
        return PING.duplicate();
    }

    /// The head of the answer.
    static ByteBuf head(ByteBufAllocator allocator, StreamRequest request) {
        StringBuilder head = new StringBuilder("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n")
                .append("Cache-Control: no-store\r\nX-Accel-Buffering: no\r\nConnection: close\r\n");
        request.origin().ifPresent(origin -> head.append("Access-Control-Allow-Origin: ")
                .append(origin)
                .append("\r\nVary: Origin\r\n"));
        return text(allocator, head.append("\r\n").toString());
    }

    /// The whole answer to a client that is not let in.
    ///
    /// @param status with its reason
    static ByteBuf refusal(ByteBufAllocator allocator, String status, String header, String detail) {
        String body = "{\"type\":\"about:blank\",\"title\":\"" + status.substring(4) + "\",\"status\":"
                + status.substring(0, 3) + ",\"detail\":\"" + detail + "\"}";
        return text(
                allocator,
                "HTTP/1.1 " + status + "\r\nContent-Type: application/problem+json\r\nContent-Length: " + body.length()
                        + "\r\nCache-Control: no-store\r\n" + header + "Connection: close\r\n\r\n" + body);
    }

    /// How long the client is to wait before it comes back.
    static String retry(long millis) {
        return "retry: " + millis + "\n";
    }

    /// What comes first: that the client is connected, whether it must reload, and what it missed.
    ///
    /// @param from where the client stood, or the heads
    static ByteBuf ready(ByteBufAllocator allocator, Reply.Connected connected, long retryMillis) {
        ByteBuf out = allocator.buffer();
        Reply.Standing inbox = connected.inbox();
        Reply.Standing announcements = connected.announcements();
        write(out, retry(retryMillis) + "event: ready\ndata: ");
        readyData(out, connected);
        write(out, "\n" + id(inbox.epoch(), inbox.offset(), announcements.offset()));
        if (isLost(inbox) || isLost(announcements)) {
            write(
                    out,
                    "event: resync\ndata: {\"inbox\":" + isLost(inbox) + ",\"announcements\":" + isLost(announcements)
                            + "}\n\n");
        }
        long at = inbox.offset();
        for (Reply.Missed missed : inbox.missed()) {
            at = missed.offset();
            missed(out, ClientChannel.INBOX, missed.data(), id(inbox.epoch(), at, announcements.offset()));
        }
        for (Reply.Missed missed : announcements.missed()) {
            missed(out, ClientChannel.ANNOUNCEMENTS, missed.data(), id(inbox.epoch(), at, missed.offset()));
        }
        return out;
    }

    private static boolean isLost(Reply.Standing standing) {
        return Boolean.FALSE.equals(standing.recovered());
    }

    private static void readyData(ByteBuf out, Reply.Connected connected) {
        try (OutputStream bytes = new ByteBufOutputStream(out);
                JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeStringField("client", connected.client());
            json.writeStringField("userId", connected.userId());
            json.writeBooleanField(
                    "recovered",
                    Boolean.TRUE.equals(connected.inbox().recovered())
                            && Boolean.TRUE.equals(connected.announcements().recovered()));
            json.writeStringField("epoch", connected.inbox().epoch());
            json.writeNumberField("offset", connected.inbox().offset());
            InboxJson.counts(json, connected.counts());
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void missed(ByteBuf out, ClientChannel channel, byte[] data, String id) {
        write(out, "event: " + channel.event() + "\ndata: ");
        out.writeBytes(data);
        write(out, "\n" + id);
    }

    /// The part of a publication's event that all share. Its data are one line.
    static ByteBuf publication(ByteBufAllocator allocator, ClientChannel channel, byte[] bytes, int from) {
        byte[] start = ("event: " + channel.event() + "\ndata: ").getBytes(StandardCharsets.UTF_8);
        return allocator
                .directBuffer(start.length + bytes.length - from + 1)
                .writeBytes(start)
                .writeBytes(bytes, from, bytes.length - from)
                .writeByte('\n');
    }

    /// The line that ends an event.
    static String id(String epoch, long inbox, long announcements) {
        return "id: " + epoch + "." + inbox + "." + announcements + "\n\n";
    }

    private static void write(ByteBuf out, String text) {
        ByteBufUtil.writeUtf8(out, text);
    }
}
