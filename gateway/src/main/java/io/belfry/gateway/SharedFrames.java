package io.belfry.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.Arrays;

/// The frames of one publication for the connections of one event loop. Each is built when the first connection needs
/// it, and shared by all that speak its encoding; one that also asks for proof of receipt is some bytes longer, so
/// there are at most two an encoding. Stays on its loop.
final class SharedFrames {
    private static final int MOST = 2 * Encoding.values().length;

    private final PushHead head;
    private final long offset;
    private final byte[] bytes;
    private final int from;
    private ByteBuf[] frames = new ByteBuf[2 * Encoding.MUTUAL];

    /// @param from where the data begins in `bytes`; it ends where they end
    SharedFrames(PushHead head, long offset, byte[] bytes, int from) {
        this.head = head;
        this.offset = offset;
        this.bytes = bytes;
        this.from = from;
    }

    /// A frame for one connection, which must write or release it.
    ///
    /// @param ping whether the protocol's ping is to follow in the frame
    ByteBuf frame(ByteBufAllocator allocator, Encoding encoding, boolean ping) {
        int index = 2 * encoding.ordinal() + (ping ? 1 : 0);
        if (index >= frames.length) {
            // Few clients are only told.
            frames = Arrays.copyOf(frames, MOST);
        }
        if (frames[index] == null) {
            frames[index] = encoding.push(allocator, head, bytes, from, offset, ping);
        }
        return frames[index].retainedDuplicate();
    }

    /// Lets go of the frames; they are built again should one be needed later.
    void release() {
        for (int i = 0; i < frames.length; i++) {
            if (frames[i] != null) {
                frames[i].release();
                frames[i] = null;
            }
        }
    }
}
