package io.belfry.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.util.List;

/// In what form a client speaks the protocol. All say the same; what is in a publication's data is JSON in
/// all. Stateless.
enum Encoding {
    /// Text frames; several messages in one are separated by newlines.
    JSON {
        @Override
        List<Command> read(byte[] message) throws IOException {
            return JsonCommands.read(message);
        }

        @Override
        ByteBuf frame(ByteBufAllocator allocator, Reply reply) {
            return Frames.text(allocator, JsonReplies.write(reply));
        }

        @Override
        ByteBuf ping() {
            return Frames.jsonPing();
        }

        @Override
        ByteBuf push(ByteBufAllocator allocator, PushHead head, byte[] bytes, int from, long offset, boolean ping) {
            return Frames.jsonPush(allocator, head, bytes, from, offset, ping);
        }
    },

    /// Binary frames; each message stands behind its length.
    PROTOBUF {
        @Override
        List<Command> read(byte[] message) throws IOException {
            return ProtobufCommands.read(message);
        }

        @Override
        ByteBuf frame(ByteBufAllocator allocator, Reply reply) {
            return Frames.binary(allocator, ProtobufReplies.write(reply));
        }

        @Override
        ByteBuf ping() {
            return Frames.protobufPing();
        }

        @Override
        ByteBuf push(ByteBufAllocator allocator, PushHead head, byte[] bytes, int from, long offset, boolean ping) {
            return Frames.protobufPush(allocator, head, bytes, from, offset, ping);
        }
    },

    /// JSON for clients that are only told: the first text frame is the request to connect, and each message a
    /// frame of its own, without the number of a command or a word around pushes.
    UNI {
        @Override
        List<Command> read(byte[] message) throws IOException {
            return List.of(JsonCommands.readConnect(message));
        }

        @Override
        ByteBuf frame(ByteBufAllocator allocator, Reply reply) {
            return Frames.text(allocator, JsonReplies.writeBare(reply));
        }

        @Override
        ByteBuf ping() {
            return Frames.jsonPing();
        }

        @Override
        ByteBuf push(ByteBufAllocator allocator, PushHead head, byte[] bytes, int from, long offset, boolean ping) {
            return Frames.barePush(allocator, head, bytes, from, offset);
        }
    };

    /// How many there are in which clients also ask; they come first.
    static final int MUTUAL = 2;

    /// The subprotocol by which clients ask for Protobuf.
    static final String PROTOBUF_SUBPROTOCOL = "centrifuge-protobuf";

    /// Whether messages are text frames.
    boolean isText() {
        return this != PROTOBUF;
    }

    /// Whether clients send commands, which are answered, and answer pings themselves.
    boolean isMutual() {
        return ordinal() < MUTUAL;
    }

    /// @throws IOException when it is no message of this encoding, or not one of commands
    abstract List<Command> read(byte[] message) throws IOException;

    abstract ByteBuf frame(ByteBufAllocator allocator, Reply reply);

    /// The protocol's ping. Shared by all: it needs no release, and releasing it does no harm.
    abstract ByteBuf ping();

    /// A publication as a push.
    ///
    /// @param from where the data begins in `bytes`; it ends where they end
    /// @param ping whether the protocol's ping follows in the same frame
    abstract ByteBuf push(ByteBufAllocator allocator, PushHead head, byte[] bytes, int from, long offset, boolean ping);
}
