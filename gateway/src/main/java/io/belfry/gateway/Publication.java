package io.belfry.gateway;

import io.belfry.core.feed.FeedMessage;
import io.belfry.core.inbox.InboxChange;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/// One publication of a channel on its way to the connections of one event loop: an offset and the bytes of its data,
/// which nobody parses. Its frame is built once an encoding, when the first connection needs it, and shared by all that
/// speak it; one that also asks for proof of receipt is some bytes longer, so there are at most two an encoding. Stays
/// on its loop.
final class Publication {
    private static final int ENCODINGS = Encoding.values().length;

    private final ClientChannel channel;
    private final long offset;
    private final boolean receiptWanted;
    private final byte[] bytes;
    private final int from;
    private final ByteBuf[] frames = new ByteBuf[2 * ENCODINGS + 1];

    private Publication(ClientChannel channel, long offset, boolean receiptWanted, byte[] bytes, int from) {
        this.channel = channel;
        this.offset = offset;
        this.receiptWanted = receiptWanted;
        this.bytes = bytes;
        this.from = from;
    }

    /// @param message a readable [FeedMessage], encoded
    static Publication ofFeed(byte[] message) {
        return new Publication(
                ClientChannel.INBOX,
                FeedMessage.offsetOf(message),
                FeedMessage.receiptOf(message) == FeedMessage.Receipt.WANTED,
                message,
                FeedMessage.HEADER_BYTES);
    }

    /// What was read from the log does not say whether its receipt is wanted, so it is.
    static Publication ofLog(InboxChange change) {
        return new Publication(ClientChannel.INBOX, change.offset(), true, change.data(), 0);
    }

    static Publication ofAnnouncement(long offset, byte[] data) {
        return new Publication(ClientChannel.ANNOUNCEMENTS, offset, true, data, 0);
    }

    ClientChannel channel() {
        return channel;
    }

    long offset() {
        return offset;
    }

    boolean receiptWanted() {
        return receiptWanted;
    }

    /// A frame for one connection, which must write or release it.
    ///
    /// @param ping whether the protocol's ping is to follow in the frame
    ByteBuf frame(ByteBufAllocator allocator, Encoding encoding, boolean ping) {
        int index = 2 * encoding.ordinal() + (ping ? 1 : 0);
        if (frames[index] == null) {
            frames[index] = encoding.push(allocator, channel.head(), bytes, from, offset, ping);
        }
        return frames[index].retainedDuplicate();
    }

    /// The part of its event that all event streams share. The connection must write or release it.
    ByteBuf event(ByteBufAllocator allocator) {
        if (frames[2 * ENCODINGS] == null) {
            frames[2 * ENCODINGS] = Events.publication(allocator, channel, bytes, from);
        }
        return frames[2 * ENCODINGS].retainedDuplicate();
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
