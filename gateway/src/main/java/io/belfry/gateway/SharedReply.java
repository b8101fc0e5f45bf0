package io.belfry.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/// The frames of something that several connections of one event loop are told, one an encoding, each built when the
/// first connection needs it. Stays on its loop.
final class SharedReply {
    private final Reply reply;
    private final ByteBuf[] frames = new ByteBuf[Encoding.values().length];

    SharedReply(Reply reply) {
        this.reply = reply;
    }

    /// A frame for one connection, which must write or release it.
    ByteBuf frame(ByteBufAllocator allocator, Encoding encoding) {
        int index = encoding.ordinal();
        if (frames[index] == null) {
            frames[index] = encoding.frame(allocator, reply);
        }
        return frames[index].retainedDuplicate();
    }

    void release() {
        for (ByteBuf frame : frames) {
            if (frame != null) {
                frame.release();
            }
        }
    }
}
