package io.belfry.gateway;

import java.util.Optional;

/// That somebody came into a plain channel or left it, as it is sent in Redis beside what is published there.
///
/// Wire form: `+` or `-`, and who.
record ChannelMove(Kind kind, ClientInfo info) {
    enum Kind {
        JOIN('+'),
        LEAVE('-');

        private final byte sign;

        Kind(char sign) {
            this.sign = (byte) sign;
        }
    }

    byte[] encode() {
        byte[] who = info.encode();
        byte[] encoded = new byte[1 + who.length];
        encoded[0] = kind.sign;
        System.arraycopy(who, 0, encoded, 1, who.length);
        return encoded;
    }

    /// @param message on the channel's feed
    /// @return empty when it is a publication
    static Optional<ChannelMove> ofFeed(byte[] message) {
        for (Kind kind : Kind.values()) {
            if (message.length > 0 && message[0] == kind.sign) {
                return Optional.of(new ChannelMove(kind, ClientInfo.decode(message, 1)));
            }
        }
        return Optional.empty();
    }
}
