package io.belfry.gateway;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import io.belfry.core.inbox.InboxJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/// Writes the replies to commands as JSON messages. Stateless.
final class JsonReplies {
    private static final JsonFactory JSON = new JsonFactory();
    private static final byte[] NULL = {'n', 'u', 'l', 'l'};

    private JsonReplies() {}

    static byte[] write(Reply reply) {
        return switch (reply) {
            case Reply.Connected connected -> connect(connected);
            case Reply.Called(long id, byte[] data) -> rpc(id, data);
            case Reply.Refreshed(long id, long ttlSeconds) -> refresh(id, ttlSeconds);
            case Reply.Unsubscribed(long id) -> empty(id, "unsubscribe");
            case Reply.Published(long id) -> empty(id, "publish");
            case Reply.Subscribed subscribed -> subscribe(subscribed);
            case Reply.SubscriptionRefreshed refreshed -> subscriptionRefresh(refreshed);
            case Reply.Present present -> presence(present);
            case Reply.PresentStats(long id, PresenceStore.Stats stats) -> presenceStats(id, stats);
            case Reply.Moved moved -> moved(moved);
            case Reply.Enlisted enlisted -> enlisted(enlisted);
            case Reply.Historic historic -> history(historic);
            case Reply.Expelled expelled -> expelled(expelled);
            case Reply.Refused(long id, ProtocolError error) -> error(id, error);
        };
    }

    /// The same for clients that are only told: what they are told without being asked, and that they are connected.
    static byte[] writeBare(Reply reply) {
        byte[] message = write(reply);
        int opening = PushHead.JSON_OPENING.length;
        boolean isPush = Arrays.equals(message, 0, opening, PushHead.JSON_OPENING, 0, opening);
        return isPush ? Arrays.copyOfRange(message, opening, message.length - 1) : message;
    }

    /// What the client is told with its subscription to the inbox.
    static byte[] inboxData(Reply.Connected connected) {
        ByteArrayBuilder out = new ByteArrayBuilder(128);
        try (JsonGenerator json = JSON.createGenerator(out)) {
            inboxData(json, connected);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static void inboxData(JsonGenerator json, Reply.Connected connected) throws IOException {
        json.writeStartObject();
        InboxJson.counts(json, connected.counts());
        json.writeStringField("userId", connected.userId());
        json.writeEndObject();
    }

    private static byte[] connect(Reply.Connected connected) {
        return reply(connected.id(), (json, out) -> {
            json.writeObjectFieldStart("connect");
            json.writeStringField("client", connected.client());
            json.writeStringField("version", connected.version());
            json.writeBooleanField("expires", true);
            json.writeNumberField("ttl", connected.ttlSeconds());
            json.writeNumberField("ping", connected.pingSeconds());
            if (connected.id() != 0) {
                json.writeBooleanField("pong", true);
            }
            json.writeObjectFieldStart("subs");
            subscription(json, out, ClientChannel.INBOX, connected.inbox());
            json.writeFieldName("data");
            inboxData(json, connected);
            json.writeEndObject();
            subscription(json, out, ClientChannel.ANNOUNCEMENTS, connected.announcements());
            json.writeEndObject();
            json.writeEndObject();
            json.writeEndObject();
        });
    }

    /// Leaves the subscription's object open.
    private static void subscription(
            JsonGenerator json, ByteArrayBuilder out, ClientChannel channel, Reply.Standing standing)
            throws IOException {
        json.writeObjectFieldStart(channel.label());
        standing(json, out, standing);
    }

    private static void standing(JsonGenerator json, ByteArrayBuilder out, Reply.Standing standing) throws IOException {
        json.writeBooleanField("recoverable", true);
        json.writeBooleanField("positioned", true);
        json.writeStringField("epoch", standing.epoch());
        json.writeNumberField("offset", standing.offset());
        if (standing.recovered() == null) {
            return;
        }
        json.writeBooleanField("was_recovering", true);
        json.writeBooleanField("recovered", standing.recovered());
        publications(json, out, standing.missed());
    }

    private static void publications(JsonGenerator json, ByteArrayBuilder out, List<Reply.Missed> publications)
            throws IOException {
        if (publications.isEmpty()) {
            return;
        }
        json.writeArrayFieldStart("publications");
        for (Reply.Missed missed : publications) {
            json.writeStartObject();
            raw(json, out, "data", missed.data());
            if (!missed.info().isService()) {
                json.writeFieldName("info");
                json.writeRawValue(missed.info().json());
            }
            json.writeNumberField("offset", missed.offset());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static byte[] rpc(long id, byte[] data) {
        return reply(id, (json, out) -> {
            json.writeObjectFieldStart("rpc");
            raw(json, out, "data", data.length == 0 ? NULL : data);
            json.writeEndObject();
        });
    }

    private static byte[] refresh(long id, long ttlSeconds) {
        return reply(id, (json, out) -> {
            json.writeObjectFieldStart("refresh");
            json.writeBooleanField("expires", true);
            json.writeNumberField("ttl", ttlSeconds);
            json.writeEndObject();
        });
    }

    private static byte[] empty(long id, String kind) {
        return reply(id, (json, out) -> {
            json.writeObjectFieldStart(kind);
            json.writeEndObject();
        });
    }

    private static byte[] subscribe(Reply.Subscribed subscribed) {
        return reply(subscribed.id(), (json, out) -> {
            json.writeObjectFieldStart("subscribe");
            expiry(json, subscribed.ttlSeconds());
            if (subscribed.standing().isPresent()) {
                standing(json, out, subscribed.standing().get());
            }
            json.writeEndObject();
        });
    }

    private static void expiry(JsonGenerator json, OptionalLong ttlSeconds) throws IOException {
        if (ttlSeconds.isPresent()) {
            json.writeBooleanField("expires", true);
            json.writeNumberField("ttl", ttlSeconds.getAsLong());
        }
    }

    private static byte[] subscriptionRefresh(Reply.SubscriptionRefreshed refreshed) {
        return reply(refreshed.id(), (json, out) -> {
            json.writeObjectFieldStart("sub_refresh");
            expiry(json, refreshed.ttlSeconds());
            json.writeEndObject();
        });
    }

    private static byte[] presence(Reply.Present present) {
        return reply(present.id(), (json, out) -> {
            json.writeObjectFieldStart("presence");
            json.writeObjectFieldStart("presence");
            for (ClientInfo client : present.clients()) {
                json.writeFieldName(client.client());
                json.writeRawValue(client.json());
            }
            json.writeEndObject();
            json.writeEndObject();
        });
    }

    private static byte[] presenceStats(long id, PresenceStore.Stats stats) {
        return reply(id, (json, out) -> {
            json.writeObjectFieldStart("presence_stats");
            json.writeNumberField("num_clients", stats.clients());
            json.writeNumberField("num_users", stats.users());
            json.writeEndObject();
        });
    }

    private static byte[] moved(Reply.Moved moved) {
        return push(moved.channel(), (json, out) -> {
            json.writeObjectFieldStart(
                    switch (moved.move().kind()) {
                        case JOIN -> "join";
                        case LEAVE -> "leave";
                    });
            json.writeFieldName("info");
            json.writeRawValue(moved.move().info().json());
            json.writeEndObject();
        });
    }

    private static byte[] enlisted(Reply.Enlisted enlisted) {
        return push(enlisted.channel(), (json, out) -> {
            json.writeObjectFieldStart("subscribe");
            if (enlisted.standing().isPresent()) {
                standing(json, out, enlisted.standing().get());
            }
            json.writeEndObject();
        });
    }

    private static byte[] history(Reply.Historic historic) {
        return reply(historic.id(), (json, out) -> {
            json.writeObjectFieldStart("history");
            json.writeStringField("epoch", historic.epoch());
            json.writeNumberField("offset", historic.offset());
            publications(json, out, historic.publications());
            json.writeEndObject();
        });
    }

    private static byte[] expelled(Reply.Expelled expelled) {
        return push(expelled.channel(), (json, out) -> {
            json.writeObjectFieldStart("unsubscribe");
            json.writeNumberField("code", expelled.code());
            json.writeStringField("reason", expelled.reason());
            json.writeEndObject();
        });
    }

    private static byte[] error(long id, ProtocolError error) {
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
        return write((json, out) -> {
            if (id != 0) {
                json.writeNumberField("id", id);
            }
            body.write(json, out);
        });
    }

    private static byte[] push(String channel, Body body) {
        return write((json, out) -> {
            json.writeObjectFieldStart("push");
            json.writeStringField("channel", channel);
            body.write(json, out);
            json.writeEndObject();
        });
    }

    private static byte[] write(Body body) {
        ByteArrayBuilder out = new ByteArrayBuilder(512);
        try (JsonGenerator json = JSON.createGenerator(out)) {
            json.writeStartObject();
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
