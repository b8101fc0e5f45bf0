package io.belfry.gateway;

import io.belfry.core.feed.FeedMessage;
import io.belfry.core.inbox.InboxChange;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/// One publication of a channel on its way to the connections of one event loop: an offset and the bytes of its data,
/// which nobody parses. Its frame is built once, when the first connection needs it, and shared by them; one that also
/// asks for proof of receipt is 3 bytes longer, so there are at most two. Stays on its loop.
final class Publication {
    private final ClientChannel channel;
    private final long offset;
    private final boolean receiptWanted;
    private final byte[] bytes;
    private final int from;
    private ByteBuf plain;
    private ByteBuf pinging;

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
    ByteBuf frame(ByteBufAllocator allocator, boolean ping) {
        if (ping) {
            if (pinging == null) {
                pinging = Frames.push(allocator, channel, bytes, from, offset, true);
            }
            return pinging.retainedDuplicate();
        }
        if (plain == null) {
            plain = Frames.push(allocator, channel, bytes, from, offset, false);
        }
        return plain.retainedDuplicate();
    }

    /// Lets go of the frames; they are built again should one be needed later.
    void release() {
        if (plain != null) {
            plain.release();
            plain = null;
        }
        if (pinging != null) {
            pinging.release();
            pinging = null;
        }
    }
}
