package io.belfry.gateway;

import java.nio.charset.StandardCharsets;

/// What stands before the data in the pushes of one channel, by encoding. The arrays are not to be changed.
///
/// @param json up to where the data begins
/// @param protobuf the field that names the channel
record PushHead(byte[] json, byte[] protobuf) {
    private static final int CHANNEL = 2;

    static PushHead of(String channel) {
        return new PushHead(
                ("{\"push\":{\"channel\":\"" + channel + "\",\"pub\":{\"data\":").getBytes(StandardCharsets.UTF_8),
                new ProtobufOutput().text(CHANNEL, channel).toByteArray());
    }
}
