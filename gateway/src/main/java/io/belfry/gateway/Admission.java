package io.belfry.gateway;

import io.belfry.core.identity.TokenVerdict;
import io.belfry.core.inbox.InboxPosition;
import io.belfry.core.inbox.Recovery;
import io.belfry.core.receipt.Receipt;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One connect command on its way, from top to bottom: the token is checked, the user's feed subscribed, and only
/// then the log read, so that what is published meanwhile is either in the log or held by the receivers; then the
/// client gets its answer. Stays on the connection's event loop; each step ends it when the client is gone.
final class Admission {
    private static final Logger LOG = LoggerFactory.getLogger(Admission.class);

    private final Gateway gateway;
    private final Session session;
    private final Command.Connect command;
    private Positions.Standing standing;
    private InboxPosition inbox;
    private ReplyWriter.Subscription inboxReply;
    private long announcementsFrom;

    Admission(Gateway gateway, Session session, Command.Connect command) {
        this.gateway = gateway;
        this.session = session;
        this.command = command;
    }

    void start() {
        if (!gateway.isReady()) {
            refuse(ProtocolError.INTERNAL, GatewayMetrics.Outcome.FAILED);
            return;
        }
        gateway.verify(command.token(), session.loop(), verdict -> {
            if (!session.isConnecting()) {
                return;
            }
            switch (verdict) {
                case TokenVerdict.Valid valid -> join(valid);
                case TokenVerdict.Expired _ -> refuse(ProtocolError.TOKEN_EXPIRED, GatewayMetrics.Outcome.EXPIRED);
                case TokenVerdict.Invalid invalid -> {
                    LOG.debug("refused a token: {}", invalid.reason());
                    end(Disconnect.INVALID_TOKEN, GatewayMetrics.Outcome.INVALID_TOKEN);
                }
            }
        });
    }

    private void join(TokenVerdict.Valid token) {
        switch (gateway.registry().join(token.user().value())) {
            case Registry.Joined(Feed feed) -> {
                session.join(
                        feed,
                        token.deviceId().or(command::deviceId).orElse(""),
                        command.locale().or(token::locale),
                        token);
                awaitFeed(feed);
            }
            case Registry.TooMany _ -> end(Disconnect.CONNECTION_LIMIT, GatewayMetrics.Outcome.CONNECTION_LIMIT);
            case Registry.Full _ -> refuse(ProtocolError.TOO_MANY_REQUESTS, GatewayMetrics.Outcome.CROWDED);
        }
    }

    /// When Redis is away, the client connects all the same: the reconciliation brings what it is not told live.
    private void awaitFeed(Feed feed) {
        if (feed.isConfirmed()) {
            lookUp();
            return;
        }
        var confirmed = feed.firstConfirmation();
        long patience = gateway.settings().feeds().subscribeTimeout().toMillis();
        var onTime = session.loop()
                .executor
                .schedule(
                        () -> {
                            feed.goOnWithout();
                            lookUp();
                        },
                        patience,
                        TimeUnit.MILLISECONDS);
        confirmed.whenCompleteAsync(
                (done, failure) -> {
                    if (onTime.cancel(false)) {
                        lookUp();
                    }
                },
                session.loop().executor);
    }

    private void lookUp() {
        if (!session.isConnecting()) {
            return;
        }
        then(gateway.positions().of(session.user()), found -> {
            standing = found;
            inbox = found.inbox();
            recoverInbox();
        });
    }

    private void recoverInbox() {
        Optional<Command.ClientPosition> client = recovering(ClientChannel.INBOX);
        if (client.isEmpty()) {
            inboxAt(fresh(inbox.head()));
            return;
        }
        long offset = client.get().offset();
        if (!isOfThisEpoch(client.get()) || offset > inbox.head()) {
            inboxAt(lost(inbox.head()));
            return;
        }
        if (offset == inbox.head()) {
            inboxAt(recovered(offset, List.of()));
            return;
        }
        then(gateway.catchUp().inbox(session.user(), offset), recovery -> {
            inbox = recovery.position();
            inboxAt(
                    switch (recovery) {
                        case Recovery.Complete(var position, var changes) ->
                            recovered(
                                    offset,
                                    changes.stream()
                                            .map(c -> new ReplyWriter.Missed(c.offset(), c.data()))
                                            .toList());
                        case Recovery.Reload(var position) -> lost(position.head());
                    });
        });
    }

    private void inboxAt(ReplyWriter.Subscription reply) {
        inboxReply = reply;
        recoverAnnouncements();
    }

    private void recoverAnnouncements() {
        Optional<Command.ClientPosition> client = recovering(ClientChannel.ANNOUNCEMENTS);
        long head = session.loop().announcementsHead;
        announcementsFrom = head;
        if (client.isEmpty()) {
            finish(fresh(head));
            return;
        }
        long offset = client.get().offset();
        if (!isOfThisEpoch(client.get())) {
            finish(lost(head));
            return;
        }
        if (offset == head) {
            finish(recovered(offset, List.of()));
            return;
        }
        then(gateway.catchUp().announcements(session.user(), offset), missed -> {
            if (session.loop().announcementsHead != head) {
                // A wave passed this loop while the log was read, maybe after the log was.
                recoverAnnouncements();
            } else if (missed.isMore() || offset > missed.head()) {
                finish(lost(head));
            } else {
                finishAfter(missed.waves(), Math.max(offset, head));
            }
        });
    }

    private void finishAfter(List<CatchUp.Wave> waves, long head) {
        announcementsFrom =
                waves.isEmpty() ? head : Math.max(head, waves.getLast().offset());
        List<ReplyWriter.Missed> missed = waves.stream()
                .map(wave -> new ReplyWriter.Missed(
                        wave.offset(), gateway.wording().publication(wave.entry(), session.locale())))
                .toList();
        long offset = recovering(ClientChannel.ANNOUNCEMENTS).orElseThrow().offset();
        // Nothing in between is for this user, so nothing is lost by moving it on.
        finish(recovered(missed.isEmpty() ? head : offset, missed));
    }

    private void finish(ReplyWriter.Subscription announcements) {
        session.connected();
        long inboxFrom = inboxReply.missed().isEmpty() ? inbox.head() : inboxReply.offset();
        boolean caughtUp = !announcements.missed().isEmpty();
        session.proof().begin(inboxFrom, caughtUp ? announcements.offset() : announcementsFrom);
        session.proof().sentMissed(inbox.head(), announcementsFrom);
        noteReceipt();
        session.reply(ReplyWriter.connect(
                command.id(),
                new ReplyWriter.Connected(
                        UUID.randomUUID().toString(),
                        gateway.version(),
                        session.ttlSeconds(),
                        Math.max(1, gateway.settings().ping().toSeconds()),
                        inboxReply,
                        inbox.counts(),
                        session.user(),
                        announcements)));
        if (session.proof().isMoreWanted()) {
            session.connection().ping();
        }
        session.inbox().begin(inbox.head());
        session.announcements().begin(announcementsFrom);
        gateway.metrics().connected(GatewayMetrics.Outcome.CONNECTED);
        session.resume();
    }

    /// A client that names an offset has everything up to it.
    private void noteReceipt() {
        long inboxOffset = recovering(ClientChannel.INBOX)
                .filter(this::isOfThisEpoch)
                .map(Command.ClientPosition::offset)
                .filter(offset -> offset <= inbox.head())
                .orElse(0L);
        long announcementsOffset = recovering(ClientChannel.ANNOUNCEMENTS)
                .filter(this::isOfThisEpoch)
                .map(Command.ClientPosition::offset)
                .filter(offset -> offset <= announcementsFrom)
                .orElse(0L);
        if (inboxOffset > 0 || announcementsOffset > 0) {
            gateway.receipts()
                    .add(List.of(new Receipt(session.user(), session.deviceId(), inboxOffset, announcementsOffset)));
        }
    }

    private Optional<Command.ClientPosition> recovering(ClientChannel channel) {
        return Optional.ofNullable(command.positions().get(channel.label()))
                .filter(position -> position.recover() && position.offset() >= 0);
    }

    private boolean isOfThisEpoch(Command.ClientPosition client) {
        return client.epoch().isEmpty() || client.epoch().equals(standing.epoch());
    }

    private ReplyWriter.Subscription fresh(long head) {
        return new ReplyWriter.Subscription(standing.epoch(), head, null, List.of());
    }

    private ReplyWriter.Subscription lost(long head) {
        return new ReplyWriter.Subscription(standing.epoch(), head, false, List.of());
    }

    private ReplyWriter.Subscription recovered(long offset, List<ReplyWriter.Missed> missed) {
        return new ReplyWriter.Subscription(standing.epoch(), offset, true, missed);
    }

    private <T> void then(CompletableFuture<T> answer, Consumer<T> next) {
        answer.whenCompleteAsync(
                (value, failure) -> {
                    if (!session.isConnecting()) {
                        return;
                    }
                    if (failure == null) {
                        next.accept(value);
                    } else if (failure instanceof Positions.Crowded) {
                        refuse(ProtocolError.TOO_MANY_REQUESTS, GatewayMetrics.Outcome.CROWDED);
                    } else {
                        gateway.metrics().databaseFailed(failure);
                        refuse(ProtocolError.INTERNAL, GatewayMetrics.Outcome.FAILED);
                    }
                },
                session.loop().executor);
    }

    private void refuse(ProtocolError error, GatewayMetrics.Outcome outcome) {
        gateway.metrics().connected(outcome);
        session.refused(error, command.id());
    }

    private void end(Disconnect disconnect, GatewayMetrics.Outcome outcome) {
        gateway.metrics().connected(outcome);
        session.connection().disconnect(disconnect);
    }
}
