package io.belfry.gateway;

import io.netty.buffer.ByteBuf;
import java.time.Duration;

/// A WebSocket. It reads frames and pings; what the messages mean is its [Conversation]'s business.
final class WebSocketConnection extends Connection implements FrameReader.Reader {
    /// How long after a ping a client that is well has answered.
    private static final Duration LATE_PONG = Duration.ofSeconds(2);

    private final Encoding encoding;
    private final FrameReader frames;
    private final Conversation conversation;
    private boolean pinged;
    private byte transportPings;

    WebSocketConnection(Gateway gateway, Loop loop, Encoding encoding, String address) {
        super(gateway, loop, address);
        this.encoding = encoding;
        this.frames = new FrameReader(this, encoding, gateway.settings().limits());
        this.conversation = new Conversation(gateway, this);
        gateway.metrics().opened(speech());
    }

    @Override
    Session session() {
        return conversation.session();
    }

    Encoding encoding() {
        return encoding;
    }

    @Override
    GatewayMetrics.Speech speech() {
        return switch (encoding) {
            case JSON -> GatewayMetrics.Speech.JSON;
            case PROTOBUF -> GatewayMetrics.Speech.PROTOBUF;
            case UNI -> GatewayMetrics.Speech.UNI;
        };
    }

    // In --------------------------------------------------------------------------------------------------------

    @Override
    void receive(ByteBuf bytes) {
        frames.read(bytes);
    }

    @Override
    public void onMessage(byte[] message) {
        if (!isClosing()) {
            conversation.receive(message);
        }
    }

    /// Whether a client that sends nothing but control frames may go on.
    private boolean isAllowed() {
        if (conversation.mayAsk()) {
            return true;
        }
        disconnect(Disconnect.TOO_MANY_REQUESTS, Guard.COMMANDS);
        return false;
    }

    @Override
    public void onPing(byte[] payload) {
        if (isClosing() || !isAllowed()) {
            return;
        }
        if (++transportPings > gateway().settings().limits().pingsPerPeriod()) {
            disconnect(Disconnect.TOO_MANY_REQUESTS, Guard.PINGS);
        } else if (isWritable()) {
            write(Frames.pong(loop().allocator, payload));
        }
    }

    @Override
    public void onPong() {
        // Who is only told answers with these, which proves nothing: browsers do it without asking the page.
        if (!isClosing() && isAllowed() && pinged && !encoding.isMutual()) {
            alive();
        }
    }

    @Override
    public void onClose(int code) {
        frames.stop();
        if (isClosing()) {
            abort();
            return;
        }
        closedByClient();
        ByteBuf answer = code == 0 ? Frames.close(loop().allocator) : Frames.close(loop().allocator, code, "");
        writeLast(answer).addListener(written -> abort());
    }

    @Override
    public void onViolation(Disconnect disconnect) {
        disconnect(disconnect);
    }

    @Override
    public void onExcess(Guard guard) {
        disconnect(guard == Guard.UNFINISHED ? Disconnect.TOO_MANY_REQUESTS : Disconnect.TOO_BIG, guard);
    }

    @Override
    public boolean keeps(int more) {
        return loop().keeps(more);
    }

    /// The client answered a ping of the protocol.
    void pong() {
        if (!pinged) {
            disconnect(Disconnect.BAD_REQUEST);
            return;
        }
        alive();
        Session session = session();
        if (session != null) {
            session.answered();
        }
    }

    private void alive() {
        pinged = false;
        if (waitingIn == loop().ponging) {
            gateway().metrics().answeredAfter(loop().ponging.waitedNanos(this, System.nanoTime()));
            loop().ponging.remove(this);
        }
    }

    @Override
    void end() {
        if (!channel().isActive()) {
            frames.stop();
        }
        conversation.end();
    }

    // Out -------------------------------------------------------------------------------------------------------

    void tell(Reply reply) {
        write(encoding.frame(loop().allocator, reply));
    }

    @Override
    void publish(Publication publication, boolean ping) {
        write(publication.frame(loop().allocator, encoding, ping));
    }

    @Override
    boolean mayPing() {
        return !pinged && encoding.isMutual();
    }

    @Override
    void pinged() {
        pinged = true;
        session().proof().pinged();
        loop().ponging.add(this, System.nanoTime());
    }

    @Override
    void ping() {
        write(encoding.ping());
        if (!encoding.isMutual()) {
            write(Frames.transportPing(loop().allocator));
        }
        pinged();
    }

    /// A ping that asks for a receipt and has no answer yet counts; a busy connection is pinged all the same, because
    /// most SDKs want pings rather than traffic.
    @Override
    void pingInTurn() {
        transportPings = 0;
        if (session() != null && !pinged && isWritable()) {
            ping();
        }
    }

    /// One that is late with its pong is probably dead; should it be only asleep, it may come back. One that is alive
    /// must not: it would displace another, which would come back and displace the next.
    @Override
    void displace() {
        boolean isLate = System.nanoTime() - heardAtNanos()
                > gateway().settings().ping().plus(LATE_PONG).toNanos();
        disconnect(isLate ? Disconnect.NO_PONG : Disconnect.CONNECTION_LIMIT, Guard.CONNECTIONS_OF_USER);
    }

    @Override
    void drained() {
        conversation.workOn();
    }

    /// The client answers it with its own.
    @Override
    void sayGoodbye(Disconnect disconnect) {
        frames.skipToClose();
        writeLast(Frames.close(loop().allocator, disconnect.code(), disconnect.reason()));
    }
}
