package io.belfry.core.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.receipt.Receipts;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.TestDatabase;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/// What a search looks at, beside many notifications that it does not want.
@ExtendWith(PostgresExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SearchTest {
    private final Jdbi jdbi;
    private final Traces traces;

    SearchTest(TestDatabase database) {
        this.jdbi = Jdbi.create(database.dataSource());
        this.traces = new Traces(jdbi, new Receipts(jdbi));
        write("rare", 2, "2 hours");
        write("often", 25_000, "1 hour");
        write("newest", 1, "1 minute");
    }

    /// @param ago when the first was accepted; each of the others a millisecond after the one before
    private void write(String type, int count, String ago) {
        jdbi.useTransaction(h -> {
            h.execute("insert into inboxes (user_id, head, total, unread, unseen) values ('ana', 0, 0, 0, 0)"
                    + " on conflict do nothing");
            h.createUpdate("""
                            insert into notifications (id, user_id, event_id, created_offset, changed_offset, type, category,
                                                       priority, push)
                            select uuidv7(cast(:ago as interval) * -1 + interval '1 ms' * n), 'ana', uuidv7(), n, n, :type,
                                'general', 2, 'planned'
                            from generate_series(1, :count) n
                            """)
                    .bind("ago", ago)
                    .bind("type", type)
                    .bind("count", count)
                    .execute();
        });
    }

    private static Traces.Search search(String type, Optional<UUID> before, int limit) {
        return new Traces.Search(
                Optional.empty(),
                Optional.empty(),
                Optional.of(type),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                before,
                limit);
    }

    @Test
    void whatLiesBeyondManyOthersIsFoundByGoingOn() {
        Traces.Found first = traces.find(search("rare", Optional.empty(), 10));
        assertThat(first.lines()).isEmpty();
        assertThat(first.lookedBackTo()).isPresent();

        Traces.Found second = traces.find(search("rare", first.lookedBackTo(), 10));
        assertThat(second.lines()).hasSize(2);
        assertThat(second.lookedBackTo()).isEmpty();
    }

    @Test
    void nothingIsSkippedOrTwiceWhereOneSearchEndsAndTheNextBegins() {
        Traces.Found first = traces.find(search("often", Optional.empty(), 30_000));
        Traces.Found second = traces.find(search("often", first.lookedBackTo(), 30_000));
        assertThat(first.lines()).hasSize(20_000);
        assertThat(second.lines()).hasSize(5_000);
        assertThat(second.lines().getFirst().id())
                .isLessThan(first.lines().getLast().id());
    }

    @Test
    void aFullPageNeedsNoMore() {
        Traces.Found found = traces.find(search("often", Optional.empty(), 10));
        assertThat(found.lines()).hasSize(10);
        assertThat(found.lookedBackTo()).isEmpty();
    }
}
