package io.belfry.dispatcher.push;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class GroupCommitTest {
    private static final Executor THREADS = task -> Thread.ofVirtual().start(task);

    private final Queue<List<Integer>> groups = new ConcurrentLinkedQueue<>();

    private static CompletableFuture<Boolean> write(GroupCommit<Integer> commits, int item) {
        return CompletableFuture.supplyAsync(() -> commits.write(item), THREADS);
    }

    private static SQLException refused(String state) {
        return new SQLException("refused by the test", state);
    }

    @Test
    void whatComesDuringACommitSharesTheNext() throws Exception {
        var gate = new CountDownLatch(1);
        var waiting = new AtomicInteger();
        try (var commits = new GroupCommit<Integer>("test", Duration.ofSeconds(5), group -> {
            groups.add(group);
            waiting.set(1);
            awaitQuietly(gate);
        })) {
            var first = write(commits, 0);
            await().atMost(5, SECONDS).until(() -> waiting.get() == 1);
            var others = List.of(write(commits, 1), write(commits, 2), write(commits, 3));
            await().atMost(5, SECONDS).until(() -> commits.waiting() == 3);
            gate.countDown();

            assertThat(first.get(5, SECONDS)).isTrue();
            for (var other : others) {
                assertThat(other.get(5, SECONDS)).isTrue();
            }
        }
        assertThat(groups).hasSize(2);
        assertThat(groups.stream().toList().getLast()).containsExactlyInAnyOrder(1, 2, 3);
    }

    @Test
    void oneThatIsRefusedDoesNotHurtItsNeighbours() throws Exception {
        var gate = new CountDownLatch(1);
        try (var commits = new GroupCommit<Integer>("test", Duration.ofSeconds(5), group -> {
            awaitQuietly(gate);
            if (group.contains(2)) {
                throw refused("22021");
            }
            groups.add(group);
        })) {
            var one = write(commits, 1);
            var two = write(commits, 2);
            var three = write(commits, 3);
            gate.countDown();

            assertThat(one.get(5, SECONDS)).isTrue();
            assertThat(two.get(5, SECONDS)).isFalse();
            assertThat(three.get(5, SECONDS)).isTrue();
        }
        assertThat(groups.stream().flatMap(List::stream)).containsExactlyInAnyOrder(1, 3);
    }

    @Test
    void triesAgainWhileTheDatabaseIsAway() throws Exception {
        var tries = new AtomicInteger();
        try (var commits = new GroupCommit<Integer>("test", Duration.ofSeconds(30), group -> {
            if (tries.incrementAndGet() < 3) {
                throw refused("57P01");
            }
        })) {
            assertThat(write(commits, 1).get(10, SECONDS)).isTrue();
        }
        assertThat(tries).hasValue(3);
    }

    @Test
    void givesUpWhenPatienceEndsAndTellsNobodyALie() throws Exception {
        try (var commits = new GroupCommit<Integer>("test", Duration.ofMillis(1), group -> {
            throw refused("08006");
        })) {
            assertThat(write(commits, 1).get(10, SECONDS)).isFalse();
        }
    }

    @Test
    void takesNothingOnceItIsClosed() throws Exception {
        var commits = new GroupCommit<Integer>("test", Duration.ofSeconds(5), groups::add);
        commits.close();

        assertThat(write(commits, 1).get(10, SECONDS)).isFalse();
        assertThat(groups).isEmpty();
    }

    private static void awaitQuietly(CountDownLatch gate) {
        try {
            gate.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
