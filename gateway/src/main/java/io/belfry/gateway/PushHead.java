package io.belfry.gateway;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.nio.charset.StandardCharsets;

/// What stands before the data in the pushes of one channel, by encoding. The arrays are not to be changed.
///
/// @param json up to where the data begins
/// @param protobuf the field that names the channel
/// @param protobufInfo the field of the publication that tells who published, or nothing
record PushHead(byte[] json, byte[] protobuf, byte[] protobufInfo) {
    private static final String OPENING = "{\"push\":";

    /// With what every push begins in JSON.
    static final byte[] JSON_OPENING = OPENING.getBytes(StandardCharsets.US_ASCII);

    private static final int CHANNEL = 2;
    private static final int INFO = 5;
    private static final byte[] NOTHING = {};

    static PushHead of(String channel) {
        return new PushHead(
                (OPENING + "{\"channel\":\"" + quoted(channel) + "\",\"pub\":{\"data\":")
                        .getBytes(StandardCharsets.UTF_8),
                new ProtobufOutput().text(CHANNEL, channel).toByteArray(),
                NOTHING);
    }

    /// Of what a client publishes.
    static PushHead of(String channel, ClientInfo info) {
        return new PushHead(
                (OPENING + "{\"channel\":\"" + quoted(channel) + "\",\"pub\":{\"info\":" + info.json() + ",\"data\":")
                        .getBytes(StandardCharsets.UTF_8),
                new ProtobufOutput().text(CHANNEL, channel).toByteArray(),
                new ProtobufOutput().message(INFO, info.protobuf()).toByteArray());
    }

    private static String quoted(String text) {
        return new String(JsonStringEncoder.getInstance().quoteAsString(text));
    }
}
