package io.belfry.gateway;

import io.belfry.core.broadcast.Announcements;
import io.belfry.core.inbox.InboxLog;
import io.belfry.core.inbox.Recovery;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/// Reads from the logs what clients missed: a bounded number of queries at once, in the order of asking. Connections
/// of one user usually miss the same together; who asks what another is still waiting for gets the same answer.
/// Thread-safe; does not block. Answers come on a virtual thread; a full queue or a failing database fails them.
@Singleton
final class CatchUp {
    private final InboxLog inboxes;
    private final Announcements announcements;
    private final GatewaySettings.Recovery limits;
    private final GatewayMetrics metrics;
    private final Batcher<Query<?>> queries;
    private final ConcurrentHashMap<Missed, CompletableFuture<Recovery>> waiting = new ConcurrentHashMap<>();

    CatchUp(InboxLog inboxes, Announcements announcements, GatewaySettings settings, GatewayMetrics metrics) {
        this.inboxes = inboxes;
        this.announcements = announcements;
        this.limits = settings.recovery();
        this.metrics = metrics;
        this.queries = new Batcher<>(
                "catch-up",
                1,
                settings.limits().databaseQueries(),
                settings.limits().pendingConnects(),
                batch -> batch.forEach(query -> {
                    metrics.caughtUp();
                    query.run();
                }));
    }

    /// Announcements that a user missed.
    ///
    /// @param head the log's, before they were read
    /// @param isMore whether there are more than the limit
    record Waves(long head, List<Announcements.Change> changes, boolean isMore) {}

    private record Missed(String user, long after) {}

    /// What changed in an inbox after an offset, up to some time after the asking.
    CompletableFuture<Recovery> inbox(String user, long after) {
        CompletableFuture<Recovery> answer = waiting.computeIfAbsent(
                new Missed(user, after),
                missed -> ask(() -> {
                    // From here on it would be too late to join: what comes now may not be seen.
                    waiting.remove(missed);
                    return inboxes.recover(user, after, limits.changes(), limits.bytes());
                }));
        if (answer.isCompletedExceptionally()) {
            waiting.remove(new Missed(user, after), answer);
        }
        return answer;
    }

    CompletableFuture<Waves> announcements(String user, long after) {
        int limit = limits.announcements();
        return ask(() -> {
            long head = announcements.head();
            List<Announcements.Change> changes = announcements.since(user, after, limit + 1);
            return new Waves(head, changes.subList(0, Math.min(limit, changes.size())), changes.size() > limit);
        });
    }

    private <T> CompletableFuture<T> ask(Supplier<T> read) {
        var query = new Query<>(read, new CompletableFuture<T>());
        if (!queries.offer(query)) {
            metrics.hit(Guard.PENDING);
            query.answer.completeExceptionally(new Crowded("what they missed"));
        }
        return query.answer;
    }

    private record Query<T>(Supplier<T> read, CompletableFuture<T> answer) {
        void run() {
            try {
                answer.complete(read.get());
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        }
    }
}
