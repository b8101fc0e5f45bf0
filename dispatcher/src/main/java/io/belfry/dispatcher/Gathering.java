package io.belfry.dispatcher;

import io.belfry.core.decision.Decision;
import io.belfry.core.decision.SuppressionReason;
import io.belfry.core.digest.Digests;
import io.belfry.core.inbox.NewNotification;
import io.belfry.core.inbox.NotificationId;
import io.belfry.core.inbox.UnlistedNotifications;
import io.belfry.core.sandbox.Sandbox;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Puts aside what is to be told in digests. What a user wants is decided when the digest is delivered; what a stop
/// discarded is decided as such, and comes with none.
@Singleton
final class Gathering {
    private static final Decision DIGESTED = Decision.none(SuppressionReason.DIGESTED);

    private final Digests digests;
    private final UnlistedNotifications unlisted;
    private final Sandbox sandbox;
    private final Clock clock;

    Gathering(Digests digests, UnlistedNotifications unlisted, Sandbox sandbox, Clock clock) {
        this.digests = digests;
        this.unlisted = unlisted;
        this.sandbox = sandbox;
        this.clock = clock;
    }

    /// Runs within the caller's transaction.
    ///
    /// @return those that are notifications of their own
    List<Expansion.Pair> gather(Connection connection, List<Expansion.Pair> pairs) throws SQLException {
        if (pairs.stream().allMatch(pair -> pair.event().options().digest().isEmpty())) {
            return pairs;
        }
        var single = new ArrayList<Expansion.Pair>();
        var items = new ArrayList<Digests.Item>();
        var traced = new ArrayList<NewNotification>();
        for (Expansion.Pair pair : pairs) {
            ClaimedEvent event = pair.event();
            if (event.options().digest().isEmpty() || reachesNobody(pair)) {
                single.add(pair);
            } else {
                items.add(new Digests.Item(
                        event.id(),
                        pair.user(),
                        event.category(),
                        event.priority(),
                        event.options().digest().get()));
                traced.add(trace(event, pair.user()));
            }
        }
        digests.gather(connection, items, clock.instant());
        unlisted.write(connection, traced);
        return single;
    }

    /// What was stopped, or is a test for somebody else, is decided as such, and never comes with a digest.
    private boolean reachesNobody(Expansion.Pair pair) {
        return switch (pair.event().passage()) {
            case FREE -> false;
            case SANDBOX -> !sandbox.admits(pair.user());
            case STOPPED -> true;
        };
    }

    private static NewNotification trace(ClaimedEvent event, String user) {
        return new NewNotification(
                NotificationId.of(event.id(), user),
                user,
                event.id(),
                event.type(),
                event.category(),
                event.priority(),
                null,
                null,
                null,
                DIGESTED,
                Optional.empty(),
                Optional.empty());
    }
}
