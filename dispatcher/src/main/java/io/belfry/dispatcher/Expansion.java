package io.belfry.dispatcher;

import io.belfry.core.audience.RollCall;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Turns claimed events into (event, recipient) pairs, about one batch of them. Audiences come in pages;
/// where one ends its lane stops, the others go on, and the next batch continues from there.
@Singleton
final class Expansion {
    private final DispatcherSettings settings;
    private final RollCall rollCall;

    Expansion(DispatcherSettings settings, RollCall rollCall) {
        this.settings = settings;
        this.rollCall = rollCall;
    }

    /// One notification to be.
    record Pair(ClaimedEvent event, String user) {}

    /// An event whose audience did not fit.
    record Unfinished(ClaimedEvent event, String expandedTo) {}

    record Batch(List<Pair> pairs, List<ClaimedEvent> finished, List<Unfinished> unfinished) {
        static final Batch NOTHING = new Batch(List.of(), List.of(), List.of());
    }

    Batch expand(Connection connection, Claims.Claim claim) throws SQLException {
        Batch batch = new Batch(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        Set<Integer> stopped = new HashSet<>();
        for (ClaimedEvent event : claim.events()) {
            int room = settings.batchRecipients() - batch.pairs.size();
            if (room <= 0) {
                break;
            }
            if (!stopped.contains(event.lane())) {
                // An audience leaves half of what room there is to the other lanes, so that none waits for its end.
                int page = claim.lanes().size() == 1 ? room : Math.ceilDiv(room, 2);
                Optional<Unfinished> rest = expand(connection, event, page, batch.pairs);
                rest.ifPresentOrElse(batch.unfinished::add, () -> batch.finished.add(event));
                rest.ifPresent(unfinished -> stopped.add(event.lane()));
            }
        }
        return batch;
    }

    private Optional<Unfinished> expand(Connection connection, ClaimedEvent event, int limit, List<Pair> pairs)
            throws SQLException {
        RollCall.Page page = rollCall.call(connection, event.addressees(), event.expandedTo(), limit);
        page.users().forEach(user -> pairs.add(new Pair(event, user)));
        return page.next().map(next -> new Unfinished(event, next));
    }
}
