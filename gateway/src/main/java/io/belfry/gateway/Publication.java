package io.belfry.gateway;

import io.belfry.core.feed.FeedMessage;
import io.belfry.core.inbox.InboxChange;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/// One publication of the inbox or the announcements on its way to the connections of one event loop: an offset and the
/// bytes of its data, which nobody parses. Stays on its loop.
final class Publication {
    private final ClientChannel channel;
    private final long offset;
    private final boolean receiptWanted;
    private final byte[] bytes;
    private final int from;
    private final SharedFrames frames;
    private ByteBuf event;

    private Publication(ClientChannel channel, long offset, boolean receiptWanted, byte[] bytes, int from) {
        this.channel = channel;
        this.offset = offset;
        this.receiptWanted = receiptWanted;
        this.bytes = bytes;
        this.from = from;
        this.frames = new SharedFrames(channel.head(), offset, bytes, from);
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
        return frames.frame(allocator, encoding, ping);
    }

    /// The part of its event that all event streams share. The connection must write or release it.
    ByteBuf event(ByteBufAllocator allocator) {
        if (event == null) {
            event = Events.publication(allocator, channel, bytes, from);
        }
        return event.retainedDuplicate();
    }

    /// Lets go of the frames; they are built again should one be needed later.
    void release() {
        frames.release();
        if (event != null) {
            event.release();
            event = null;
        }
    }
}
