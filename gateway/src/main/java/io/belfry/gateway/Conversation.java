package io.belfry.gateway;

import io.belfry.core.identity.TokenVerdict;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;

/// What one client asks for: takes its commands in order, one at a time, and answers. Once a connect command succeeded
/// there is a [Session], which brings the client what concerns its user. Stays on the connection's event loop.
final class Conversation implements Applicant {
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private enum State {
        NEW,
        CONNECTING,
        CONNECTED,
        ENDED
    }

    private final Gateway gateway;
    private final WebSocketConnection connection;
    private State state = State.NEW;
    private Session session;
    private ArrayDeque<Command> waiting;
    private int waitingBytes;
    private boolean working;
    private byte refusals;
    private int counted;
    private long countedSinceNanos;

    Conversation(Gateway gateway, WebSocketConnection connection) {
        this.gateway = gateway;
        this.connection = connection;
    }

    @Override
    public Connection connection() {
        return connection;
    }

    private Loop loop() {
        return connection.loop();
    }

    /// The session of a connected client, or null.
    Session session() {
        return state == State.CONNECTED ? session : null;
    }

    @Override
    public boolean isConnecting() {
        return state == State.CONNECTING;
    }

    // Commands --------------------------------------------------------------------------------------------------

    void receive(byte[] message) {
        List<Command> all;
        try {
            all = connection.encoding().read(message);
        } catch (IOException | RuntimeException malformed) {
            connection.disconnect(Disconnect.BAD_REQUEST);
            return;
        }
        if (all.isEmpty() && !mayAsk()) {
            connection.disconnect(Disconnect.TOO_MANY_REQUESTS, Guard.COMMANDS);
        }
        for (Command command : all) {
            if (state == State.ENDED) {
                return;
            }
            take(command);
        }
    }

    private void take(Command command) {
        if (!mayAsk()) {
            connection.disconnect(Disconnect.TOO_MANY_REQUESTS, Guard.COMMANDS);
        } else if (command instanceof Command.Pong) {
            connection.pong();
        } else if (command instanceof Command.Connect connect) {
            if (state == State.NEW) {
                state = State.CONNECTING;
                loop().connecting.remove(connection);
                new Admission(gateway, this, connect).start();
            } else {
                connection.disconnect(Disconnect.BAD_REQUEST);
            }
        } else if (state == State.NEW) {
            connection.disconnect(Disconnect.BAD_REQUEST);
        } else if (mayWork()) {
            execute(command);
        } else {
            queue(command);
        }
    }

    /// Counts something that the client sent.
    ///
    /// @return whether it sent no more than a client may in a second
    boolean mayAsk() {
        long now = System.nanoTime();
        if (now - countedSinceNanos > NANOS_PER_SECOND) {
            countedSinceNanos = now;
            counted = 0;
        }
        return ++counted <= gateway.settings().limits().commandsPerSecond();
    }

    /// One command at a time, and none while the client does not take in the answers.
    private boolean mayWork() {
        return state == State.CONNECTED && !working && connection.isWritable();
    }

    private void queue(Command command) {
        if (waiting == null) {
            waiting = new ArrayDeque<>(2);
        }
        waitingBytes += command.weight();
        boolean isTooMuch = waiting.size() >= gateway.settings().limits().queuedCommands()
                || waitingBytes > gateway.settings().limits().messageBytes();
        if (isTooMuch) {
            connection.disconnect(Disconnect.TOO_MANY_REQUESTS, Guard.QUEUED_COMMANDS);
        } else {
            waiting.add(command);
        }
    }

    /// Goes on with what waited, if it may.
    @Override
    public void workOn() {
        while (waiting != null && mayWork()) {
            Command next = waiting.poll();
            if (next == null) {
                waiting = null;
                waitingBytes = 0;
            } else {
                waitingBytes -= next.weight();
                execute(next);
            }
        }
        loop().flush();
    }

    private void execute(Command command) {
        switch (command) {
            case Command.Rpc rpc -> call(rpc);
            case Command.Refresh refresh -> refresh(refresh);
            case Command.OfChannel c
            when ClientChannel.isOne(c.channel()) ->
                reply(new Reply.Refused(
                        c.id(),
                        c instanceof Command.Subscribe
                                ? ProtocolError.ALREADY_SUBSCRIBED
                                : ProtocolError.NOT_AVAILABLE));
            case Command.OfChannel c -> {
                working = true;
                session.subscriptions(connection).take(c, this::finish);
            }
            case Command.Connect _, Command.Send _, Command.Pong _ -> {}
        }
    }

    private void call(Command.Rpc rpc) {
        working = true;
        gateway.rpcs()
                .call(session.user(), session.locale(), rpc.method(), rpc.data())
                .whenCompleteAsync(
                        (answer, failure) -> {
                            reply(
                                    switch (answer) {
                                        case Rpcs.Result(byte[] data) -> new Reply.Called(rpc.id(), data);
                                        case Rpcs.Refused(ProtocolError error) -> new Reply.Refused(rpc.id(), error);
                                        case null -> new Reply.Refused(rpc.id(), ProtocolError.INTERNAL);
                                    });
                            worked();
                        },
                        loop().executor);
    }

    private void refresh(Command.Refresh refresh) {
        working = true;
        gateway.tokenDesk().check(refresh.token(), loop(), answer -> {
            switch (answer) {
                case TokenDesk.Judged(TokenVerdict.Valid valid)
                when session.isOf(valid) -> {
                    session.holds(valid);
                    reply(new Reply.Refreshed(refresh.id(), session.ttlSeconds()));
                }
                case TokenDesk.Judged(TokenVerdict.Valid _), TokenDesk.Judged(TokenVerdict.Invalid _) ->
                    connection.disconnect(Disconnect.INVALID_TOKEN);
                // An error reply to a refresh would be final for the client; after this it gets a new token.
                case TokenDesk.Judged(TokenVerdict.Expired _), TokenDesk.Busy() ->
                    connection.disconnect(Disconnect.EXPIRED);
            }
            worked();
        });
    }

    /// Answers the command that is worked on.
    private void finish(Reply reply) {
        reply(reply);
        worked();
    }

    private void worked() {
        working = false;
        workOn();
    }

    private void reply(Reply reply) {
        connection.tell(reply);
    }

    // Life ------------------------------------------------------------------------------------------------------

    @Override
    public void joined(Session joining) {
        session = joining;
    }

    /// Another connect command may come before the deadline. SDKs close the socket when they are told to come
    /// again; who asks again on the same one may do so a few times.
    @Override
    public void refuse(long id, ProtocolError error) {
        waiting = null;
        waitingBytes = 0;
        if (session != null) {
            session.abandon();
            session = null;
        }
        if (!connection.encoding().isMutual()) {
            boolean isExpired = error.code() == ProtocolError.TOKEN_EXPIRED.code();
            connection.disconnect(isExpired ? Disconnect.EXPIRED : Disconnect.TOO_MANY_REQUESTS);
            return;
        }
        if (++refusals > gateway.settings().limits().refusedConnects()) {
            connection.disconnect(Disconnect.TOO_MANY_REQUESTS, Guard.REFUSED_CONNECTS);
            return;
        }
        state = State.NEW;
        loop().connecting.add(connection, System.nanoTime());
        reply(new Reply.Refused(id, error));
        loop().flush();
    }

    @Override
    public void connected(Reply.Connected reply) {
        state = State.CONNECTED;
        reply(reply);
    }

    @Override
    public boolean canProve() {
        return connection.encoding().isMutual();
    }

    void end() {
        if (state == State.ENDED) {
            return;
        }
        boolean wasConnected = state == State.CONNECTED;
        state = State.ENDED;
        waiting = null;
        if (wasConnected) {
            session.end();
        } else if (session != null) {
            session.abandon();
        }
    }
}
