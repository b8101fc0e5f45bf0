package io.belfry.gateway;

import io.belfry.core.identity.TokenVerdict;
import io.belfry.core.receipt.Receipt;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;

/// The conversation with one client: takes its commands in order, one at a time, and passes on what is published for
/// it. Stays on the connection's event loop.
final class Session {
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private enum State {
        NEW,
        CONNECTING,
        CONNECTED,
        ENDED
    }

    /// The next connection of the same user on this loop; kept by [Feed].
    Session nextOfUser;

    private final Gateway gateway;
    private final Connection connection;
    private final Proof proof = new Proof();
    private State state = State.NEW;
    private Feed feed;
    private String deviceId = "";
    private Optional<String> locale = Optional.empty();
    private long expiresAtSeconds;
    private InboxReceiver inbox;
    private AnnouncementReceiver announcements;
    private ArrayDeque<Command> waiting;
    private boolean working;
    private boolean proving;
    private int commands;
    private long countedSinceNanos;

    Session(Gateway gateway, Connection connection) {
        this.gateway = gateway;
        this.connection = connection;
    }

    Connection connection() {
        return connection;
    }

    Loop loop() {
        return connection.loop();
    }

    Proof proof() {
        return proof;
    }

    String user() {
        return feed.user;
    }

    Feed feed() {
        return feed;
    }

    Optional<String> locale() {
        return locale;
    }

    InboxReceiver inbox() {
        return inbox;
    }

    AnnouncementReceiver announcements() {
        return announcements;
    }

    boolean isConnecting() {
        return state == State.CONNECTING;
    }

    boolean isConnected() {
        return state == State.CONNECTED;
    }

    /// Whether its token ended, and the time to refresh it too.
    boolean isOverdue() {
        return state == State.CONNECTED
                && gateway.clock().instant().getEpochSecond()
                        >= expiresAtSeconds + gateway.settings().expiryGrace().toSeconds();
    }

    // Commands --------------------------------------------------------------------------------------------------

    void receive(byte[] message) {
        List<Command> all;
        try {
            all = CommandReader.read(message);
        } catch (IOException | RuntimeException malformed) {
            connection.disconnect(Disconnect.BAD_REQUEST);
            return;
        }
        for (Command command : all) {
            if (state == State.ENDED) {
                return;
            }
            take(command);
        }
    }

    private void take(Command command) {
        if (isTooMany()) {
            connection.disconnect(Disconnect.TOO_MANY_REQUESTS);
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

    private boolean isTooMany() {
        long now = System.nanoTime();
        if (now - countedSinceNanos > NANOS_PER_SECOND) {
            countedSinceNanos = now;
            commands = 0;
        }
        return ++commands > gateway.settings().limits().commandsPerSecond();
    }

    /// One command at a time, and none while the client does not take in the answers.
    private boolean mayWork() {
        return state == State.CONNECTED && !working && connection.isWritable();
    }

    private void queue(Command command) {
        if (waiting == null) {
            waiting = new ArrayDeque<>(2);
        }
        if (waiting.size() >= gateway.settings().limits().queuedCommands()) {
            connection.disconnect(Disconnect.TOO_MANY_REQUESTS);
        } else {
            waiting.add(command);
        }
    }

    private void workOn() {
        while (waiting != null && mayWork()) {
            Command next = waiting.poll();
            if (next == null) {
                waiting = null;
            } else {
                execute(next);
            }
        }
    }

    private void execute(Command command) {
        switch (command) {
            case Command.Rpc rpc -> call(rpc);
            case Command.Refresh refresh -> refresh(refresh);
            case Command.Subscribe s ->
                reply(ReplyWriter.error(
                        s.id(),
                        ClientChannel.isOne(s.channel())
                                ? ProtocolError.ALREADY_SUBSCRIBED
                                : ProtocolError.UNKNOWN_CHANNEL));
            case Command.Unsubscribe u ->
                reply(
                        ClientChannel.isOne(u.channel())
                                ? ReplyWriter.error(u.id(), ProtocolError.NOT_AVAILABLE)
                                : ReplyWriter.unsubscribe(u.id()));
            case Command.NotOffered n -> reply(ReplyWriter.error(n.id(), ProtocolError.NOT_AVAILABLE));
            case Command.Connect _, Command.Send _, Command.Pong _ -> {}
        }
    }

    private void call(Command.Rpc rpc) {
        working = true;
        gateway.rpcs()
                .call(feed.user, locale, rpc.method(), rpc.data())
                .whenCompleteAsync(
                        (answer, failure) -> {
                            reply(
                                    switch (answer) {
                                        case Rpcs.Result(byte[] data) -> ReplyWriter.rpc(rpc.id(), data);
                                        case Rpcs.Refused(ProtocolError error) -> ReplyWriter.error(rpc.id(), error);
                                    });
                            working = false;
                            workOn();
                            loop().flush();
                        },
                        loop().executor);
    }

    private void refresh(Command.Refresh refresh) {
        working = true;
        gateway.verify(refresh.token(), loop(), verdict -> {
            switch (verdict) {
                case TokenVerdict.Valid valid
                when valid.user().value().equals(feed.user) -> {
                    expires(valid);
                    reply(ReplyWriter.refresh(refresh.id(), ttlSeconds()));
                }
                case TokenVerdict.Valid _, TokenVerdict.Invalid _ -> connection.disconnect(Disconnect.INVALID_TOKEN);
                // An error reply to a refresh would be final for the client; after this it gets a new token.
                case TokenVerdict.Expired _ -> connection.disconnect(Disconnect.EXPIRED);
            }
            working = false;
            workOn();
            loop().flush();
        });
    }

    void reply(byte[] message) {
        connection.write(Frames.text(loop().allocator, message));
    }

    // Life ------------------------------------------------------------------------------------------------------

    /// Publications for the user come to its receivers from now on; they hold them back until it is connected.
    void join(Feed joined, String device, Optional<String> preferredLocale, TokenVerdict.Valid token) {
        feed = joined;
        deviceId = device;
        locale = preferredLocale;
        expires(token);
        inbox = new InboxReceiver(gateway, this);
        announcements = new AnnouncementReceiver(gateway, this);
        feed.add(this, loop().index);
    }

    /// The connect command was answered with an error; another may come before the deadline.
    void refused(ProtocolError error, long id) {
        leave();
        feed = null;
        state = State.NEW;
        loop().connecting.add(connection, System.nanoTime());
        reply(ReplyWriter.error(id, error));
        loop().flush();
    }

    /// The connect command was answered.
    void connected() {
        state = State.CONNECTED;
    }

    void resume() {
        workOn();
        loop().flush();
    }

    private void expires(TokenVerdict.Valid token) {
        expiresAtSeconds = token.expiresAt().getEpochSecond();
    }

    /// How long the token is still good, in seconds, at least 1.
    long ttlSeconds() {
        return Math.max(1, expiresAtSeconds - gateway.clock().instant().getEpochSecond());
    }

    String deviceId() {
        return deviceId;
    }

    void end() {
        if (state == State.ENDED) {
            return;
        }
        boolean owing = state == State.CONNECTED && proof.isOwing();
        state = State.ENDED;
        waiting = null;
        Feed left = feed;
        leave();
        if (owing && left != null && !isElsewhere(left)) {
            gateway.departures().add(left.user, proof.inboxProven());
        }
    }

    private void leave() {
        if (feed != null) {
            feed.remove(this, loop().index);
            gateway.registry().leave(feed);
        }
    }

    /// Whether another connection of the same device lives on: it will prove what this one did not.
    private boolean isElsewhere(Feed of) {
        for (Session s = of.first(loop().index); s != null; s = s.nextOfUser) {
            if (s.state == State.CONNECTED && s.deviceId.equals(deviceId)) {
                return true;
            }
        }
        return false;
    }

    // Publications ----------------------------------------------------------------------------------------------

    /// Writes a publication, unless the client does not take in what was written before.
    ///
    /// @return whether it was written
    boolean deliver(Publication publication) {
        if (!connection.isWritable()) {
            return false;
        }
        boolean ping = publication.receiptWanted() && connection.mayPing();
        connection.write(publication.frame(loop().allocator, ping));
        proof.sent(publication);
        if (ping) {
            connection.pinged();
        }
        gateway.metrics().delivered();
        return true;
    }

    /// The client took in what was written.
    void drained() {
        if (state == State.CONNECTED) {
            inbox.drained();
            announcements.drained();
            workOn();
            loop().flush();
        }
    }

    /// A ping was answered.
    void answered() {
        if (proof.answered() && !proving) {
            proving = true;
            loop().proved(this);
        }
        if (proof.isMoreWanted() && connection.isWritable()) {
            connection.ping();
        }
    }

    Receipt takeReceipt() {
        proving = false;
        return new Receipt(feed.user, deviceId, proof.inboxProven(), proof.announcementsProven());
    }
}
