package io.belfry.dispatcher;

import io.belfry.core.decision.Verdict;
import io.belfry.core.event.Priority;
import io.belfry.core.feed.FeedMessage;
import io.belfry.core.feed.FeedNames;
import io.belfry.core.feed.Feeds;
import io.belfry.core.inbox.InboxChange;
import io.belfry.core.inbox.InboxItem;
import io.belfry.core.inbox.InboxJson;
import io.belfry.core.inbox.Written;
import io.belfry.core.push.PushTimers;
import io.belfry.core.signal.Signal;
import io.belfry.core.signal.Signals;
import io.belfry.dispatcher.failpoint.Failpoint;
import io.belfry.dispatcher.failpoint.Failpoints;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Publishes what was committed on the recipients' feeds, and hastens the pushes of those to whom nobody listened.
/// Thread-safe; blocks on Redis, and on the database where there are pushes to hasten.
@Singleton
public final class Publisher {
    private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);

    private final Feeds feeds;
    private final PushTimers timers;
    private final Signals signals;
    private final DispatcherSettings settings;
    private final Clock clock;
    private final Failpoints failpoints;

    Publisher(
            Feeds feeds,
            PushTimers timers,
            Signals signals,
            DispatcherSettings settings,
            Clock clock,
            Failpoints failpoints) {
        this.feeds = feeds;
        this.timers = timers;
        this.signals = signals;
        this.settings = settings;
        this.clock = clock;
        this.failpoints = failpoints;
    }

    /// A notification that is new in an inbox, or new again.
    ///
    /// @param change as devices are told
    /// @param isPushed whether a push waits for its receipt
    public record Arrival(String userId, InboxChange change, Priority priority, boolean isPushed) {}

    /// @param data the data of each event, as JSON text
    void publish(List<Written> written, Map<UUID, String> data) {
        Instant now = clock.instant();
        publish(written.stream()
                .map(one -> arrival(one, data.get(one.notification().eventId()), now))
                .toList());
    }

    /// Waits until Redis has answered, for at most its command timeout: a worker never runs ahead of Redis.
    public void publish(List<Arrival> arrivals) {
        if (failpoints.isArmed(Failpoint.INBOXES_HALF_PUBLISHED)) {
            send(arrivals.subList(0, arrivals.size() / 2));
            failpoints.reached(Failpoint.INBOXES_HALF_PUBLISHED);
        }
        List<Long> listeners = send(arrivals);
        var offline = new ArrayList<PushTimers.Hasten>();
        for (int i = 0; i < listeners.size(); i++) {
            Arrival one = arrivals.get(i);
            if (listeners.get(i) == 0 && one.isPushed) {
                Duration grace = one.priority == Priority.CRITICAL ? Duration.ZERO : settings.offlineGrace();
                offline.add(new PushTimers.Hasten(one.userId, one.change.offset(), grace));
            }
        }
        if (!offline.isEmpty()) {
            hasten(offline);
        }
    }

    /// @return by arrival, how many subscriptions took it
    private List<Long> send(List<Arrival> arrivals) {
        return feeds.publish(arrivals.stream()
                        .map(one -> new Feeds.Publication(
                                FeedNames.inbox(one.userId),
                                new FeedMessage(one.change.offset(), FeedMessage.Receipt.WANTED, one.change.data())
                                        .encode()))
                        .toList())
                .join();
    }

    private void hasten(List<PushTimers.Hasten> offline) {
        try {
            timers.hasten(offline);
            signals.raise(Signal.PUSH_DUE);
        } catch (SQLException | RuntimeException e) {
            LOG.warn(
                    "{} pushes wait for their full delay, since hastening them failed: {}",
                    offline.size(),
                    e.getMessage());
        }
    }

    private static Arrival arrival(Written written, String data, Instant now) {
        var n = written.notification();
        return new Arrival(
                n.userId(),
                new InboxChange(written.offset(), InboxJson.notification(item(written, data, now), written.counts())),
                n.priority(),
                n.decision().push() instanceof Verdict.Send);
    }

    private static InboxItem item(Written written, String data, Instant now) {
        var n = written.notification();
        return new InboxItem(
                n.id(),
                written.offset(),
                written.offset(),
                n.type(),
                n.category(),
                n.priority(),
                n.title(),
                n.body(),
                n.link(),
                data,
                InboxItem.State.NEW,
                n.decision().isSilent(),
                n.collapseKey(),
                InboxItem.createdAt(n.id(), now));
    }
}
