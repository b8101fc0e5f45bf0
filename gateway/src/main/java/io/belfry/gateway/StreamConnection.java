package io.belfry.gateway;

import io.belfry.core.identity.TokenVerdict;
import io.netty.buffer.ByteBuf;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/// An event stream (server-sent events): what a [Session] brings, for people with nothing but curl or a browser. The
/// client says all it has to say in its request. It proves nothing, so it suppresses no push.
final class StreamConnection extends Connection implements Applicant {
    /// Clients that the server ended for good ask again after that; then they get a status that is final for them.
    private static final long FINAL_RETRY_MILLIS = 3_600_000;

    private final StreamRequest request;
    private State state = State.CONNECTING;
    private Session session;

    private enum State {
        CONNECTING,
        CONNECTED,
        ENDED
    }

    StreamConnection(Gateway gateway, Loop loop, StreamRequest request, String address) {
        super(gateway, loop, address);
        this.request = request;
        gateway.metrics().opened(speech());
    }

    /// Lets the client in, if it may. It is in its channel's pipeline.
    void begin() {
        var admission = new Admission(gateway(), this, request.command());
        if (request.ticket().isEmpty()) {
            admission.start();
            return;
        }
        gateway()
                .tickets()
                .redeem(request.ticket().get())
                .whenCompleteAsync(
                        (found, failure) -> {
                            if (!isConnecting()) {
                                return;
                            }
                            if (failure != null) {
                                refuse(0, ProtocolError.INTERNAL);
                            } else {
                                begin(admission, found);
                            }
                        },
                        loop().executor);
    }

    private void begin(Admission admission, Optional<TokenVerdict.Valid> found) {
        if (found.isPresent()) {
            admission.startAs(found.get());
        } else {
            disconnect(Disconnect.INVALID_TOKEN);
        }
    }

    // The applicant ---------------------------------------------------------------------------------------------

    @Override
    public Connection connection() {
        return this;
    }

    @Override
    public boolean isConnecting() {
        return state == State.CONNECTING && !isClosing();
    }

    @Override
    public void joined(Session joining) {
        session = joining;
    }

    @Override
    public void connected(Reply.Connected reply) {
        state = State.CONNECTED;
        loop().connecting.remove(this);
        write(Events.head(loop().allocator, request));
        write(Events.ready(loop().allocator, reply, jitter()));
    }

    /// Between one and two times the setting.
    private long jitter() {
        long least = gateway().settings().streamRetry().toMillis();
        return least + ThreadLocalRandom.current().nextLong(least);
    }

    @Override
    public void refuse(long id, ProtocolError error) {
        disconnect(
                error.code() == ProtocolError.TOKEN_EXPIRED.code() ? Disconnect.EXPIRED : Disconnect.TOO_MANY_REQUESTS);
    }

    @Override
    public void workOn() {
        loop().flush();
    }

    @Override
    public boolean canProve() {
        return false;
    }

    // The connection --------------------------------------------------------------------------------------------

    @Override
    Session session() {
        return state == State.CONNECTED ? session : null;
    }

    @Override
    GatewayMetrics.Speech speech() {
        return GatewayMetrics.Speech.EVENTS;
    }

    /// There is nothing that it could want.
    @Override
    void receive(ByteBuf bytes) {
        bytes.release();
    }

    @Override
    void drained() {
        loop().flush();
    }

    @Override
    void end() {
        if (state == State.ENDED) {
            return;
        }
        boolean wasConnected = state == State.CONNECTED;
        state = State.ENDED;
        if (wasConnected) {
            session.end();
        } else if (session != null) {
            session.abandon();
        }
    }

    @Override
    void publish(Publication publication, boolean ping) {
        boolean ofInbox = publication.channel() == ClientChannel.INBOX;
        long inbox = ofInbox ? publication.offset() : session.inbox().last();
        long announcements = ofInbox ? session.announcements().last() : publication.offset();
        write(publication.event(loop().allocator));
        write(Events.text(loop().allocator, Events.id(session.epoch(), inbox, announcements)));
    }

    @Override
    boolean mayPing() {
        return false;
    }

    @Override
    void pinged() {
        throw new IllegalStateException("an event stream proves nothing");
    }

    /// Only so that the client and whatever lies between know that it lives.
    @Override
    void ping() {
        write(Events.ping());
    }

    @Override
    void pingInTurn() {
        if (session() != null && isWritable()) {
            ping();
        }
    }

    @Override
    void displace() {
        disconnect(Disconnect.CONNECTION_LIMIT, Guard.CONNECTIONS_OF_USER);
    }

    /// Before the stream began, a status; in the stream, an event and when to come back.
    @Override
    void sayGoodbye(Disconnect disconnect) {
        ByteBuf goodbye = state == State.CONNECTED
                ? Events.text(
                        loop().allocator,
                        Events.retry(disconnect.isFinal() ? FINAL_RETRY_MILLIS : jitter())
                                + "event: close\ndata: {\"code\":" + disconnect.code() + ",\"reason\":\""
                                + disconnect.reason() + "\"}\n\n")
                : refusal(disconnect);
        writeLast(goodbye).addListener(written -> abort());
    }

    private ByteBuf refusal(Disconnect disconnect) {
        return switch (disconnect) {
            case INVALID_TOKEN, EXPIRED ->
                Events.refusal(
                        loop().allocator,
                        "401 Unauthorized",
                        "WWW-Authenticate: Bearer\r\n",
                        "a valid token or ticket is needed");
            default ->
                Events.refusal(
                        loop().allocator,
                        "503 Service Unavailable",
                        "Retry-After: 5\r\n",
                        "come again in some seconds");
        };
    }
}
