package io.belfry.core.database;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SnapshotTest {
    /// An API key just made was unknown for seconds, since a load that began before it ended after it.
    @Test
    void aLoadThatBeganEarlierDoesNotUndoALaterOne() throws Exception {
        AtomicInteger stored = new AtomicInteger(1);
        CountDownLatch hasRead = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        AtomicInteger loads = new AtomicInteger();
        try (Snapshot<Integer> snapshot = new Snapshot<>("test", Duration.ofHours(1), () -> {
            int read = stored.get();
            if (loads.incrementAndGet() == 2) {
                hasRead.countDown();
                awaited(mayEnd);
            }
            return read;
        })) {
            assertThat(snapshot.get()).isEqualTo(1);
            snapshot.refresh();
            hasRead.await();
            stored.set(2);
            Thread change = Thread.ofVirtual().start(snapshot::refreshNow);
            await().atMost(10, SECONDS)
                    .until(() -> change.getState() != Thread.State.NEW && change.getState() != Thread.State.RUNNABLE);
            mayEnd.countDown();
            change.join();

            assertThat(loads).hasValue(3);
            await().during(Duration.ofMillis(200)).atMost(5, SECONDS).until(() -> snapshot.get() == 2);
        }
    }

    private static void awaited(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
