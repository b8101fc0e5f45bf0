package io.belfry.gateway;

import io.belfry.core.identity.TokenVerdict;
import io.belfry.core.inbox.InboxPosition;
import io.belfry.core.inbox.InboxStanding;
import io.belfry.core.inbox.Recovery;
import io.belfry.core.receipt.Receipt;
import java.util.List;
import java.util.Optional;
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
    private final Applicant applicant;
    private final Command.Connect command;
    private Session session;
    private InboxStanding standing;
    private InboxPosition inbox;
    private Reply.Standing inboxReply;

    Admission(Gateway gateway, Applicant applicant, Command.Connect command) {
        this.gateway = gateway;
        this.applicant = applicant;
        this.command = command;
    }

    void start() {
        if (!isReady()) {
            return;
        }
        Optional<TokenVerdict.Valid> anybody = gateway.insecureClients().holder(command.token());
        if (anybody.isPresent()) {
            join(anybody.get());
            return;
        }
        gateway.tokenDesk().check(command.token(), applicant.connection().loop(), answer -> {
            if (!applicant.isConnecting()) {
                return;
            }
            switch (answer) {
                case TokenDesk.Judged(TokenVerdict.Valid valid) -> join(valid);
                case TokenDesk.Judged(TokenVerdict.Expired _) -> expired();
                case TokenDesk.Judged(TokenVerdict.Invalid(String reason)) -> {
                    LOG.debug("refused a token: {}", reason);
                    end(Disconnect.INVALID_TOKEN, GatewayMetrics.Outcome.INVALID_TOKEN);
                }
                case TokenDesk.Busy() -> refuse(ProtocolError.TOO_MANY_REQUESTS, GatewayMetrics.Outcome.CROWDED);
            }
        });
    }

    /// Instead of [#start], for a client that has proved who it is.
    void startAs(TokenVerdict.Valid known) {
        if (isReady()) {
            join(known);
        }
    }

    private boolean isReady() {
        if (!gateway.isReady()) {
            refuse(ProtocolError.INTERNAL, GatewayMetrics.Outcome.FAILED);
        }
        return gateway.isReady();
    }

    /// A client that can get a new token does so when it is told; one that cannot would ask again for ever.
    private void expired() {
        if (gateway.tokenDesk().isHopeless(command.token())) {
            gateway.metrics().hit(Guard.EXPIRED_TOKEN);
            end(Disconnect.INVALID_TOKEN, GatewayMetrics.Outcome.EXPIRED);
        } else {
            refuse(ProtocolError.TOKEN_EXPIRED, GatewayMetrics.Outcome.EXPIRED);
        }
    }

    private void join(TokenVerdict.Valid token) {
        String device = token.deviceId().or(command::deviceId).orElse("");
        Optional<String> locale = command.locale().or(token::locale);
        switch (gateway.registry()
                .join(
                        token.user().value(),
                        feed -> new Session(gateway, applicant.connection(), feed, device, locale))) {
            case Registry.Joined(Session joined, Optional<Session> displaced) -> {
                displaced
                        .map(Session::connection)
                        .ifPresent(c -> c.loop().executor.execute(c::displace));
                session = joined;
                session.holds(token);
                session.feed().sessions().add(session, session.loop().index);
                applicant.joined(session);
                awaitFeed(session.feed());
            }
            case Registry.Full _ -> refuse(ProtocolError.TOO_MANY_REQUESTS, GatewayMetrics.Outcome.CROWDED);
        }
    }

    /// When Redis is away, the client connects all the same: the reconciliation brings what it is not told live.
    private void awaitFeed(Feed feed) {
        if (feed.isConfirmed() || feed.isBelated()) {
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
        if (!applicant.isConnecting()) {
            return;
        }
        then(gateway.positions().of(session.user()), found -> {
            standing = found;
            inbox = found.position();
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
                                            .map(c -> new Reply.Missed(c.offset(), c.data()))
                                            .toList());
                        case Recovery.Reload(var position) -> lost(position.head());
                    });
        });
    }

    private void inboxAt(Reply.Standing reply) {
        inboxReply = reply;
        recoverAnnouncements();
    }

    /// The loop hands its sessions every wave past its head, so a client needs the log only up to there. Waves that
    /// pass while the log is read are looked up once the client is connected.
    private void recoverAnnouncements() {
        Optional<Command.ClientPosition> client = recovering(ClientChannel.ANNOUNCEMENTS);
        long head = session.loop().announcementsHead;
        if (client.isEmpty()) {
            finish(fresh(head), head);
            return;
        }
        long offset = client.get().offset();
        if (!isOfThisEpoch(client.get())) {
            finish(lost(head), head);
            return;
        }
        if (offset == head) {
            finish(recovered(offset, List.of()), head);
            return;
        }
        then(gateway.catchUp().announcements(session.user(), offset), log -> {
            if (log.isMore() || offset > log.head()) {
                finish(lost(log.head()), log.head());
                return;
            }
            // Nothing else up to the log's head is for this user, so nothing is lost by moving it on.
            long from = log.changes().isEmpty()
                    ? log.head()
                    : Math.max(log.head(), log.changes().getLast().offset());
            List<Reply.Missed> missed = log.changes().stream()
                    .map(change ->
                            new Reply.Missed(change.offset(), gateway.wording().publication(change, session.locale())))
                    .toList();
            finish(recovered(missed.isEmpty() ? from : offset, missed), from);
        });
    }

    /// @param announcementsFrom the client has every announcement up to there, once it has the reply
    private void finish(Reply.Standing announcementsReply, long announcementsFrom) {
        if (gateway.isRevoked(session)) {
            end(Disconnect.INVALID_TOKEN, GatewayMetrics.Outcome.INVALID_TOKEN);
            return;
        }
        session.begin(standing.epoch(), command.sdk());
        session.proof().begin(had(inboxReply, inbox.head()), had(announcementsReply, announcementsFrom));
        session.proof().sentMissed(inbox.head(), announcementsFrom);
        if (applicant.canProve()) {
            noteReceipt(announcementsFrom);
        }
        applicant.connected(new Reply.Connected(
                command.id(),
                session.clientId(),
                gateway.version(),
                session.ttlSeconds(),
                Math.max(1, gateway.settings().ping().toSeconds()),
                inboxReply,
                inbox.counts(),
                session.user(),
                announcementsReply));
        if (applicant.canProve() && session.proof().isMoreWanted()) {
            session.connection().ping();
        }
        session.inbox().begin(inbox.head());
        session.announcements().begin(announcementsFrom);
        gateway.metrics().connected(GatewayMetrics.Outcome.CONNECTED);
        applicant.workOn();
    }

    /// Up to where the client had everything before the reply.
    private static long had(Reply.Standing reply, long from) {
        return reply.missed().isEmpty() ? from : reply.offset();
    }

    /// A client that names an offset has everything up to it.
    private void noteReceipt(long announcementsFrom) {
        long inboxOffset = named(ClientChannel.INBOX, inbox.head());
        long announcementsOffset = named(ClientChannel.ANNOUNCEMENTS, announcementsFrom);
        if (inboxOffset > 0 || announcementsOffset > 0) {
            gateway.receipts()
                    .add(List.of(new Receipt(session.user(), session.deviceId(), inboxOffset, announcementsOffset)));
        }
    }

    /// The offset that the client names in a channel, or 0 when it is none that we gave it.
    private long named(ClientChannel channel, long head) {
        return recovering(channel)
                .filter(this::isOfThisEpoch)
                .map(Command.ClientPosition::offset)
                .filter(offset -> offset <= head)
                .orElse(0L);
    }

    private Optional<Command.ClientPosition> recovering(ClientChannel channel) {
        return Optional.ofNullable(command.positions().get(channel.label()))
                .filter(position -> position.recover() && position.offset() >= 0);
    }

    private boolean isOfThisEpoch(Command.ClientPosition client) {
        return client.epoch().isEmpty() || client.epoch().equals(standing.epoch());
    }

    private Reply.Standing fresh(long head) {
        return new Reply.Standing(standing.epoch(), head, null, List.of());
    }

    private Reply.Standing lost(long head) {
        gateway.metrics().reloads();
        return new Reply.Standing(standing.epoch(), head, false, List.of());
    }

    private Reply.Standing recovered(long offset, List<Reply.Missed> missed) {
        gateway.metrics().recovered();
        return new Reply.Standing(standing.epoch(), offset, true, missed);
    }

    private <T> void then(CompletableFuture<T> answer, Consumer<T> next) {
        answer.whenCompleteAsync(
                (value, failure) -> {
                    if (!applicant.isConnecting()) {
                        return;
                    }
                    if (failure == null) {
                        goOn(next, value);
                    } else if (failure instanceof Crowded) {
                        refuse(ProtocolError.TOO_MANY_REQUESTS, GatewayMetrics.Outcome.CROWDED);
                    } else {
                        gateway.metrics().databaseFailed(failure);
                        refuse(ProtocolError.INTERNAL, GatewayMetrics.Outcome.FAILED);
                    }
                },
                session.loop().executor);
    }

    private <T> void goOn(Consumer<T> next, T value) {
        try {
            next.accept(value);
        } catch (RuntimeException e) {
            // Nobody else would say so, and the client would wait.
            gateway.metrics().bug(e);
            end(Disconnect.SERVER_ERROR, GatewayMetrics.Outcome.FAILED);
        }
    }

    private void refuse(ProtocolError error, GatewayMetrics.Outcome outcome) {
        gateway.metrics().connected(outcome);
        applicant.refuse(command.id(), error);
    }

    private void end(Disconnect disconnect, GatewayMetrics.Outcome outcome) {
        gateway.metrics().connected(outcome);
        applicant.connection().disconnect(disconnect);
    }
}
