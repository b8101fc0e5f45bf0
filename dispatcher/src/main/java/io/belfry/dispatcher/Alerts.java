package io.belfry.dispatcher;

import io.belfry.core.escalation.Escalations;
import io.belfry.core.event.EscalationRule;
import io.belfry.core.inbox.Written;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// Notes which of the notifications just written repeat themselves until they are acknowledged.
@Singleton
final class Alerts {
    private final Escalations escalations;

    Alerts(Escalations escalations) {
        this.escalations = escalations;
    }

    /// Runs within the caller's transaction.
    void note(Connection connection, List<Expansion.Pair> pairs, List<Written> written) throws SQLException {
        Map<UUID, EscalationRule> rules = new HashMap<>();
        pairs.forEach(pair -> pair.event()
                .options()
                .escalation()
                .ifPresent(rule -> rules.put(pair.event().id(), rule)));
        if (!rules.isEmpty()) {
            escalations.note(
                    connection,
                    written.stream()
                            .map(Written::notification)
                            .filter(n -> rules.containsKey(n.eventId()))
                            .map(n -> new Escalations.Alert(n.id(), n.userId(), n.eventId(), rules.get(n.eventId())))
                            .toList());
        }
    }
}
