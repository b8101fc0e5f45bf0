package io.belfry.gateway;

import io.belfry.core.identity.Revocations;
import io.belfry.core.identity.TokenVerdict;
import io.belfry.core.receipt.Receipt;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/// What a user's feeds bring to one client, and what the client proved to have. Begins when the client is let in, and
/// ends with the connection. Stays on the connection's event loop, but for what says otherwise.
final class Session extends LoopChains.Link<Session> {
    /// The next session of the same user on this node; kept by [Feed], guarded by the [Registry].
    Session nextMember;

    private final Gateway gateway;
    private final Connection connection;
    private final Feed feed;
    private final String deviceId;
    private final Optional<String> locale;
    private final long number = ThreadLocalRandom.current().nextLong();
    private final Proof proof = new Proof();
    private final InboxReceiver inbox;
    private final AnnouncementReceiver announcements;
    private long expiresAtSeconds;
    private long issuedAtSeconds;
    private String tokenId = "";
    private String info = "";
    private String epoch = "";
    private volatile boolean live;
    private boolean proving;
    private ClientSdk sdk = ClientSdk.OTHER;

    /// Made when the client asks for the first channel; most never do.
    private ClientSubscriptions subscriptions;

    Session(Gateway gateway, Connection connection, Feed feed, String deviceId, Optional<String> locale) {
        this.gateway = gateway;
        this.connection = connection;
        this.feed = feed;
        this.deviceId = deviceId;
        this.locale = locale;
        this.inbox = new InboxReceiver(gateway, this);
        this.announcements = new AnnouncementReceiver(gateway, this);
    }

    /// Any thread.
    Connection connection() {
        return connection;
    }

    Loop loop() {
        return connection.loop();
    }

    Feed feed() {
        return feed;
    }

    String user() {
        return feed.user;
    }

    /// Any thread.
    String deviceId() {
        return deviceId;
    }

    Optional<String> locale() {
        return locale;
    }

    /// The server's own name for the connection.
    String clientId() {
        return gateway.clientId(number);
    }

    ClientSubscriptions subscriptions(WebSocketConnection of) {
        if (subscriptions == null) {
            subscriptions = new ClientSubscriptions(gateway, of, this);
        }
        return subscriptions;
    }

    /// A service wants the client to be in a channel. Event streams have no room for it.
    void enlist(String channel) {
        if (live && connection instanceof WebSocketConnection socket) {
            subscriptions(socket).enlist(channel);
        }
    }

    /// Ends subscriptions whose tokens ended.
    void checkSubscriptions() {
        if (subscriptions != null) {
            subscriptions.checkStanding();
        }
    }

    /// A service wants the client to leave a channel.
    void expel(String channel) {
        if (subscriptions != null) {
            subscriptions.expel(channel);
        }
    }

    Proof proof() {
        return proof;
    }

    InboxReceiver inbox() {
        return inbox;
    }

    AnnouncementReceiver announcements() {
        return announcements;
    }

    /// Whether the client was told that it is connected, and still is. Any thread.
    boolean isLive() {
        return live;
    }

    // Life ------------------------------------------------------------------------------------------------------

    /// The client is told that it is connected.
    ///
    /// @param generation the epoch in which its offsets count
    void begin(String generation, ClientSdk client) {
        epoch = generation;
        sdk = client;
        live = true;
        gateway.metrics().entered(connection.speech(), sdk);
    }

    String epoch() {
        return epoch;
    }

    /// The token with which it lives on.
    void holds(TokenVerdict.Valid token) {
        expiresAtSeconds = token.expiresAt().getEpochSecond();
        issuedAtSeconds = token.issuedAt().getEpochSecond();
        tokenId = token.tokenId();
        info = token.info();
    }

    /// Who others in a channel are told it is.
    ///
    /// @param chanInfo what the token for the channel says of it, or empty
    ClientInfo info(String chanInfo) {
        return new ClientInfo(user(), clientId(), info, chanInfo);
    }

    boolean isRevoked(Revocations revocations) {
        return revocations.covers(user(), Instant.ofEpochSecond(issuedAtSeconds), tokenId);
    }

    /// Whether a token is its user's.
    boolean isOf(TokenVerdict.Valid token) {
        return token.user().value().equals(user());
    }

    /// How long the token is still good, in seconds, at least 1.
    long ttlSeconds() {
        return Math.max(1, expiresAtSeconds - gateway.clock().instant().getEpochSecond());
    }

    /// Whether its token ended, and the time to refresh it too.
    boolean isOverdue() {
        return gateway.clock().instant().getEpochSecond()
                >= expiresAtSeconds + gateway.settings().expiryGrace().toSeconds();
    }

    /// It did not come to be: the client was refused after all, or is gone.
    void abandon() {
        feed.sessions().remove(this, loop().index);
        gateway.registry().leave(this);
    }

    /// The connection is over. What the client did not prove to have is pushed soon, unless it lives on elsewhere or
    /// comes back.
    void end() {
        live = false;
        gateway.metrics().exited(connection.speech(), sdk);
        if (subscriptions != null) {
            subscriptions.end();
        }
        feed.sessions().remove(this, loop().index);
        boolean onAnother = gateway.registry().leave(this);
        if (proving) {
            gateway.receipts().add(List.of(takeReceipt()));
        }
        if (proof.isOwing() && !onAnother) {
            gateway.departures().add(user(), proof.inboxProven());
        }
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
        connection.publish(publication, ping);
        proof.sent(publication);
        if (ping) {
            connection.pinged();
        }
        gateway.metrics().delivered();
        return true;
    }

    /// The client took in what was written.
    void drained() {
        inbox.drained();
        announcements.drained();
        if (subscriptions != null) {
            subscriptions.drained();
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

    /// What the client has proved so far, to be saved.
    Receipt takeReceipt() {
        proving = false;
        return new Receipt(user(), deviceId, proof.inboxProven(), proof.announcementsProven());
    }
}
