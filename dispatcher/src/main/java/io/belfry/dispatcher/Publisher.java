package io.belfry.dispatcher;

import io.belfry.core.decision.Verdict;
import io.belfry.core.event.Priority;
import io.belfry.core.feed.FeedMessage;
import io.belfry.core.feed.FeedNames;
import io.belfry.core.feed.Feeds;
import io.belfry.core.inbox.InboxItem;
import io.belfry.core.inbox.InboxJson;
import io.belfry.core.inbox.Written;
import io.belfry.core.push.PushTimers;
import io.belfry.core.signal.Signal;
import io.belfry.core.signal.Signals;
import jakarta.inject.Singleton;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Publishes what was committed on the recipients' feeds, and hastens the pushes of those to whom nobody listened.
@Singleton
final class Publisher {
    private static final Logger LOG = LoggerFactory.getLogger(Publisher.class);

    private final Feeds feeds;
    private final PushTimers timers;
    private final Signals signals;
    private final DispatcherSettings settings;

    Publisher(Feeds feeds, PushTimers timers, Signals signals, DispatcherSettings settings) {
        this.feeds = feeds;
        this.timers = timers;
        this.signals = signals;
        this.settings = settings;
    }

    /// Waits until Redis has answered, for at most its command timeout: a worker never runs ahead of Redis.
    ///
    /// @param data the data of each event, as JSON text
    void publish(List<Written> written, Map<UUID, String> data) {
        var publications = new ArrayList<Feeds.Publication>(written.size());
        for (Written one : written) {
            publications.add(new Feeds.Publication(
                    FeedNames.inbox(one.notification().userId()),
                    new FeedMessage(
                                    one.offset(),
                                    FeedMessage.Receipt.WANTED,
                                    InboxJson.notification(
                                            item(
                                                    one,
                                                    data.get(one.notification().eventId())),
                                            one.counts()))
                            .encode()));
        }
        List<Long> listeners = feeds.publish(publications).join();
        hasten(written, listeners);
    }

    private void hasten(List<Written> written, List<Long> listeners) {
        var offline = new ArrayList<PushTimers.Hasten>();
        for (int i = 0; i < listeners.size(); i++) {
            Written one = written.get(i);
            if (listeners.get(i) == 0 && one.notification().decision().push() instanceof Verdict.Send) {
                Duration grace =
                        one.notification().priority() == Priority.CRITICAL ? Duration.ZERO : settings.offlineGrace();
                offline.add(new PushTimers.Hasten(one.notification().userId(), one.offset(), grace));
            }
        }
        if (offline.isEmpty()) {
            return;
        }
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

    private static InboxItem item(Written written, String data) {
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
                n.collapseKey());
    }
}
