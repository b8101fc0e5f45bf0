package io.belfry.gateway;

import java.nio.charset.StandardCharsets;

/// One publication of a plain channel, as it is kept and sent in Redis.
///
/// Wire form: who published, and the data.
///
/// @param offset in the channel's history, or 0 if it keeps none
/// @param epoch in which the offset counts
/// @param data one line of JSON
record ChannelPublication(long offset, String epoch, ClientInfo info, byte[] data) {
    static byte[] encode(ClientInfo info, byte[] data) {
        byte[] head = info.encode();
        byte[] encoded = new byte[head.length + data.length];
        System.arraycopy(head, 0, encoded, 0, head.length);
        System.arraycopy(data, 0, encoded, head.length, data.length);
        return encoded;
    }

    /// @param from where in the array it begins
    static ChannelPublication decode(long offset, String epoch, byte[] encoded, int from) {
        int start = ClientInfo.end(encoded, from);
        byte[] data = new byte[encoded.length - start];
        System.arraycopy(encoded, start, data, 0, data.length);
        return new ChannelPublication(offset, epoch, ClientInfo.decode(encoded, from), data);
    }

    /// A message on the channel's feed: offset, epoch and publication, separated by spaces.
    static ChannelPublication ofFeed(byte[] message) {
        int offset = next(message, 0);
        int epoch = next(message, offset + 1);
        return decode(Long.parseLong(text(message, 0, offset)), text(message, offset + 1, epoch), message, epoch + 1);
    }

    private static int next(byte[] in, int from) {
        for (int i = from; i < in.length; i++) {
            if (in[i] == ' ') {
                return i;
            }
        }
        throw new IllegalArgumentException("no publication: " + in.length + " bytes");
    }

    private static String text(byte[] in, int from, int to) {
        return new String(in, from, to - from, StandardCharsets.UTF_8);
    }

    PushHead head(ChannelFeed feed) {
        return info.isService() ? feed.head() : PushHead.of(feed.name(), info);
    }
}
