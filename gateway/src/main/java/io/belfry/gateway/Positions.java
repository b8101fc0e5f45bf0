package io.belfry.gateway;

import io.belfry.core.inbox.InboxLog;
import io.belfry.core.inbox.InboxStanding;
import jakarta.inject.Singleton;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/// Looks up where inboxes stand, for all clients that connect at about the same time in one query. Thread-safe; does
/// not block. Answers come on a virtual thread; a full queue or a failing database fails them.
@Singleton
final class Positions {
    private static final int MAX_BATCH = 500;
    private static final int THREADS = 2;

    private final InboxLog log;
    private final GatewayMetrics metrics;
    private final Batcher<Query> queries;

    Positions(InboxLog log, GatewaySettings settings, GatewayMetrics metrics) {
        this.log = log;
        this.metrics = metrics;
        this.queries =
                new Batcher<>("positions", MAX_BATCH, THREADS, settings.limits().pendingConnects(), this::look);
    }

    private record Query(String user, CompletableFuture<InboxStanding> answer) {}

    CompletableFuture<InboxStanding> of(String user) {
        var query = new Query(user, new CompletableFuture<>());
        if (!queries.offer(query)) {
            metrics.hit(Guard.PENDING);
            query.answer.completeExceptionally(new Crowded("positions"));
        }
        return query.answer;
    }

    private void look(List<Query> batch) {
        var users = new HashSet<String>();
        batch.forEach(query -> users.add(query.user));
        try {
            Map<String, InboxStanding> found = log.standings(users);
            batch.forEach(query -> query.answer.complete(found.get(query.user)));
        } catch (RuntimeException e) {
            batch.forEach(query -> query.answer.completeExceptionally(e));
        }
    }
}
