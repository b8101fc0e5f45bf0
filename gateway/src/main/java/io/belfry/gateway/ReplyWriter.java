package io.belfry.gateway;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import io.belfry.core.inbox.Counts;
import io.belfry.core.inbox.InboxJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/// Writes the replies to commands as JSON messages. Stateless.
final class ReplyWriter {
    private static final JsonFactory JSON = new JsonFactory();
    private static final byte[] NULL = {'n', 'u', 'l', 'l'};

    private ReplyWriter() {}

    /// What a connected client is told.
    ///
    /// @param client the server's own name for the connection
    /// @param ttlSeconds of the token
    record Connected(
            String client,
            String version,
            long ttlSeconds,
            long pingSeconds,
            Subscription inbox,
            Counts counts,
            String userId,
            Subscription announcements) {}

    /// How a connection stands in a channel.
    ///
    /// @param offset the client's own when it recovered, otherwise the channel's head
    /// @param recovered null when it asked for no recovery
    /// @param missed in the order of their offsets
    record Subscription(String epoch, long offset, Boolean recovered, List<Missed> missed) {}

    record Missed(long offset, byte[] data) {}

    static byte[] connect(long id, Connected connected) {
        return reply(id, (json, out) -> {
            json.writeObjectFieldStart("connect");
            json.writeStringField("client", connected.client);
            json.writeStringField("version", connected.version);
            json.writeBooleanField("expires", true);
            json.writeNumberField("ttl", connected.ttlSeconds);
            json.writeNumberField("ping", connected.pingSeconds);
            json.writeBooleanField("pong", true);
            json.writeObjectFieldStart("subs");
            subscription(json, out, ClientChannel.INBOX, connected.inbox);
            json.writeObjectFieldStart("data");
            InboxJson.counts(json, connected.counts);
            json.writeStringField("userId", connected.userId);
            json.writeEndObject();
            json.writeEndObject();
            subscription(json, out, ClientChannel.ANNOUNCEMENTS, connected.announcements);
            json.writeEndObject();
            json.writeEndObject();
            json.writeEndObject();
        });
    }

    /// Leaves the subscription's object open.
    private static void subscription(
            JsonGenerator json, ByteArrayBuilder out, ClientChannel channel, Subscription subscription)
            throws IOException {
        json.writeObjectFieldStart(channel.label());
        json.writeBooleanField("recoverable", true);
        json.writeBooleanField("positioned", true);
        json.writeStringField("epoch", subscription.epoch);
        json.writeNumberField("offset", subscription.offset);
        if (subscription.recovered == null) {
            return;
        }
        json.writeBooleanField("was_recovering", true);
        json.writeBooleanField("recovered", subscription.recovered);
        if (!subscription.missed.isEmpty()) {
            json.writeArrayFieldStart("publications");
            for (Missed missed : subscription.missed) {
                json.writeStartObject();
                raw(json, out, "data", missed.data);
                json.writeNumberField("offset", missed.offset);
                json.writeEndObject();
            }
            json.writeEndArray();
        }
    }

    static byte[] rpc(long id, byte[] data) {
        return reply(id, (json, out) -> {
            json.writeObjectFieldStart("rpc");
            raw(json, out, "data", data.length == 0 ? NULL : data);
            json.writeEndObject();
        });
    }

    static byte[] refresh(long id, long ttlSeconds) {
        return reply(id, (json, out) -> {
            json.writeObjectFieldStart("refresh");
            json.writeBooleanField("expires", true);
            json.writeNumberField("ttl", ttlSeconds);
            json.writeEndObject();
        });
    }

    static byte[] unsubscribe(long id) {
        return reply(id, (json, out) -> {
            json.writeObjectFieldStart("unsubscribe");
            json.writeEndObject();
        });
    }

    static byte[] error(long id, ProtocolError error) {
        return reply(id, (json, out) -> {
            json.writeObjectFieldStart("error");
            json.writeNumberField("code", error.code());
            json.writeStringField("message", error.message());
            if (error.temporary()) {
                json.writeBooleanField("temporary", true);
            }
            json.writeEndObject();
        });
    }

    private interface Body {
        void write(JsonGenerator json, ByteArrayBuilder out) throws IOException;
    }

    private static byte[] reply(long id, Body body) {
        ByteArrayBuilder out = new ByteArrayBuilder(512);
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
            json.writeNumberField("id", id);
            body.write(json, out);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /// The generator cannot take JSON that is bytes already: it is told of an empty value, and the bytes go past it.
    private static void raw(JsonGenerator json, ByteArrayBuilder out, String field, byte[] value) throws IOException {
        json.writeFieldName(field);
        json.writeRawValue("");
        json.flush();
        out.write(value, 0, value.length);
    }
}
