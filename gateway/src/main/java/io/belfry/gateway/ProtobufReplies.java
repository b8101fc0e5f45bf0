package io.belfry.gateway;

import java.util.Optional;
import java.util.OptionalLong;

/// Writes the replies to commands as Protobuf messages, each behind its length. Stateless.
///
/// The numbers of the fields are those of `client.proto` of the protocol.
final class ProtobufReplies {
    private ProtobufReplies() {}

    static byte[] write(Reply reply) {
        var out = new ProtobufOutput().number(1, reply.id());
        switch (reply) {
            case Reply.Refused(long _, ProtocolError error) -> out.message(2, error(error));
            case Reply.Moved moved -> out.message(4, moved(moved));
            case Reply.Enlisted enlisted -> out.message(4, enlisted(enlisted));
            case Reply.Expelled expelled -> out.message(4, expelled(expelled));
            case Reply.Connected connected -> out.message(5, connect(connected));
            case Reply.Subscribed(long _, Optional<Reply.Standing> standing, OptionalLong ttlSeconds) ->
                out.message(6, standing(expiry(ttlSeconds), standing));
            case Reply.Unsubscribed _ -> out.message(7, new ProtobufOutput());
            case Reply.Published _ -> out.message(8, new ProtobufOutput());
            case Reply.Present present -> out.message(9, presence(present));
            case Reply.PresentStats(long _, PresenceStore.Stats stats) ->
                out.message(10, new ProtobufOutput().number(1, stats.clients()).number(2, stats.users()));
            case Reply.Historic historic -> out.message(11, history(historic));
            case Reply.Called(long _, byte[] data) -> out.message(13, new ProtobufOutput().data(1, data));
            case Reply.Refreshed(long _, long ttlSeconds) ->
                out.message(14, new ProtobufOutput().flag(3, true).number(4, ttlSeconds));
            case Reply.SubscriptionRefreshed(long _, OptionalLong ttlSeconds) -> out.message(15, expiry(ttlSeconds));
        }
        return out.toDelimited();
    }

    private static ProtobufOutput expiry(OptionalLong ttlSeconds) {
        return new ProtobufOutput().flag(1, ttlSeconds.isPresent()).number(2, ttlSeconds.orElse(0));
    }

    private static ProtobufOutput presence(Reply.Present present) {
        var out = new ProtobufOutput();
        for (ClientInfo client : present.clients()) {
            out.message(1, new ProtobufOutput().text(1, client.client()).message(2, client.protobuf()));
        }
        return out;
    }

    private static ProtobufOutput moved(Reply.Moved moved) {
        int kind =
                switch (moved.move().kind()) {
                    case JOIN -> 5;
                    case LEAVE -> 6;
                };
        return new ProtobufOutput()
                .text(2, moved.channel())
                .message(
                        kind,
                        new ProtobufOutput().message(1, moved.move().info().protobuf()));
    }

    private static ProtobufOutput enlisted(Reply.Enlisted enlisted) {
        var subscription = new ProtobufOutput();
        enlisted.standing().ifPresent(standing -> subscription
                .flag(1, true)
                .text(4, standing.epoch())
                .number(5, standing.offset())
                .flag(6, true));
        return new ProtobufOutput().text(2, enlisted.channel()).message(9, subscription);
    }

    private static ProtobufOutput expelled(Reply.Expelled expelled) {
        return new ProtobufOutput()
                .text(2, expelled.channel())
                .message(7, new ProtobufOutput().number(2, expelled.code()).text(3, expelled.reason()));
    }

    private static ProtobufOutput history(Reply.Historic historic) {
        var out = new ProtobufOutput();
        historic.publications().forEach(missed -> out.message(1, publication(missed)));
        return out.text(2, historic.epoch()).number(3, historic.offset());
    }

    private static ProtobufOutput publication(Reply.Missed missed) {
        var out = new ProtobufOutput().data(4, missed.data());
        if (!missed.info().isService()) {
            out.message(5, missed.info().protobuf());
        }
        return out.number(6, missed.offset());
    }

    private static ProtobufOutput error(ProtocolError error) {
        return new ProtobufOutput()
                .number(1, error.code())
                .text(2, error.message())
                .flag(3, error.temporary());
    }

    private static ProtobufOutput connect(Reply.Connected connected) {
        ProtobufOutput inbox =
                standing(new ProtobufOutput(), connected.inbox()).data(11, JsonReplies.inboxData(connected));
        return new ProtobufOutput()
                .text(1, connected.client())
                .text(2, connected.version())
                .flag(3, true)
                .number(4, connected.ttlSeconds())
                .message(6, entry(ClientChannel.INBOX, inbox))
                .message(
                        6,
                        entry(ClientChannel.ANNOUNCEMENTS, standing(new ProtobufOutput(), connected.announcements())))
                .number(7, connected.pingSeconds())
                .flag(8, true);
    }

    /// One of a map.
    private static ProtobufOutput entry(ClientChannel channel, ProtobufOutput subscription) {
        return new ProtobufOutput().text(1, channel.label()).message(2, subscription);
    }

    private static ProtobufOutput standing(ProtobufOutput out, Optional<Reply.Standing> standing) {
        return standing.map(s -> standing(out, s)).orElse(out);
    }

    private static ProtobufOutput standing(ProtobufOutput out, Reply.Standing standing) {
        out.flag(3, true).text(6, standing.epoch());
        for (Reply.Missed missed : standing.missed()) {
            out.message(7, publication(missed));
        }
        return out.flag(8, Boolean.TRUE.equals(standing.recovered()))
                .number(9, standing.offset())
                .flag(10, true)
                .flag(12, standing.recovered() != null);
    }
}
