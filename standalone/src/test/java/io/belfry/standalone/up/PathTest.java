package io.belfry.standalone.up;

import static io.belfry.standalone.up.Caller.critical;
import static io.belfry.standalone.up.Caller.event;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// From POST to the inbox, on the whole process with real servers.
class PathTest {
    private final Path scratch;

    PathTest(@TempDir Path scratch) {
        this.scratch = scratch;
    }

    /// One story, since each start costs seconds.
    @Test
    void whatWasAcceptedIsInEachInboxOnceWhateverHappens() throws Exception {
        Queue<String> accepted = new ConcurrentLinkedQueue<>();
        try (BelfryProcess belfry = demo()) {
            Caller caller = new Caller(belfry.awaitReady());
            refusesWhatIsWrong(caller);
            onlyTheRecipientsGetIt(caller);
            oneKeyMakesOneEvent(caller);
            twoEventsForOnePersonKeepTheirOrder(caller);
            anOfflineUserIsPushedToOnce(caller);
            killWhilePosting(belfry, caller, accepted);
        }
        try (BelfryProcess belfry = demo()) {
            Caller caller = new Caller(belfry.awaitReady());
            assertThat(accepted).hasSizeGreaterThan(20);
            await().atMost(20, SECONDS).untilAsserted(() -> {
                List<String> inbox = caller.texts("alice");
                assertThat(inbox).doesNotHaveDuplicates();
                assertThat(inbox).containsAll(accepted);
            });
            belfry.terminate();
            belfry.awaitExit(10);
        }
    }

    private static void refusesWhatIsWrong(Caller caller) throws Exception {
        assertProblem(caller, "{\"type\":\"a b\",\"recipients\":[\"alice\"]}", 422, "/problems/invalid");
        assertProblem(caller, "{\"type\":\"x\"}", 422, "/problems/invalid");
        assertProblem(caller, "{\"type\":", 400, "/problems/malformed");
        assertProblem(caller, "{\"type\":\"x\",\"type\":\"y\",\"recipients\":[\"alice\"]}", 400, "/problems/malformed");
        assertProblem(caller, event("x", "alice", "\\u0000"), 422, "/problems/invalid");
        assertProblem(caller, "\"" + "x".repeat(300_000) + "\"", 413, "/problems/too-large");
        String sound = event("x", "alice", "a");
        assertThat(caller.post("bk_forged", sound, Optional.empty()).statusCode())
                .isEqualTo(401);
        assertThat(caller.post(caller.token("alice"), sound, Optional.empty()).statusCode())
                .isEqualTo(403);
        assertThat(caller.get("/v1/inbox", caller.key()).statusCode()).isEqualTo(403);
        assertThat(caller.get("/v1/inbox", caller.token("alice") + "x").statusCode())
                .isEqualTo(401);
        assertThat(caller.texts("alice")).isEmpty();
    }

    private static void onlyTheRecipientsGetIt(Caller caller) throws Exception {
        assertThat(caller.post(event("hello", "alice", "for alice")).statusCode())
                .isEqualTo(202);
        await().atMost(10, SECONDS).until(() -> caller.texts("alice").equals(List.of("for alice")));
        assertThat(caller.texts("bob")).isEmpty();
    }

    private static void oneKeyMakesOneEvent(Caller caller) throws Exception {
        Optional<String> key = Optional.of("the-key");
        Set<String> ids = new HashSet<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<HttpResponse<String>>> answers = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                answers.add(threads.submit(() -> caller.post(caller.key(), event("once", "bob", "once"), key)));
            }
            for (Future<HttpResponse<String>> answer : answers) {
                assertThat(answer.get().statusCode()).isEqualTo(202);
                ids.add(Caller.id(answer.get()));
            }
        }
        assertThat(ids).hasSize(1);
        await().atMost(10, SECONDS).until(() -> caller.texts("bob").equals(List.of("once")));
        assertThat(caller.post(caller.key(), event("once", "bob", "twice"), key).statusCode())
                .isEqualTo(422);
    }

    private static void twoEventsForOnePersonKeepTheirOrder(Caller caller) throws Exception {
        for (int i = 0; i < 30; i++) {
            caller.post(event("ordered", "bob", "n" + i));
        }
        await().atMost(10, SECONDS).until(() -> caller.texts("bob").size() == 31);
        List<String> newestFirst = caller.texts("bob");
        for (int i = 0; i < 30; i++) {
            assertThat(newestFirst.get(i)).isEqualTo("n" + (29 - i));
        }
    }

    /// Nobody listens on bob's feed: the push follows after the grace, at once when it is critical.
    private static void anOfflineUserIsPushedToOnce(Caller caller) throws Exception {
        assertThat(caller.registerDevice("bob", "phone-1", "bobs-phone")).isEqualTo(200);
        caller.post(event("parcel.arrived", "bob", "push me"));
        await().atMost(5, SECONDS).until(() -> caller.pushes("bobs-phone", "parcel.arrived") == 1);
        caller.post(critical("parcel.lost", "bob", "now"));
        await().atMost(2, SECONDS).until(() -> caller.pushes("bobs-phone", "parcel.lost") == 1);
        assertThat(caller.pushes("bobs-phone", "parcel.arrived")).isEqualTo(1);
    }

    private static void killWhilePosting(BelfryProcess belfry, Caller caller, Queue<String> accepted) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int t = 0; t < 4; t++) {
                String name = "t" + t + "-";
                threads.submit(() -> {
                    for (int i = 0; ; i++) {
                        if (caller.post(event("load", "alice", name + i)).statusCode() == 202) {
                            accepted.add(name + i);
                        }
                    }
                });
            }
            await().atMost(20, SECONDS).until(() -> accepted.size() > 40);
            belfry.kill();
            belfry.awaitExit(10);
        }
    }

    private BelfryProcess demo() throws IOException {
        return BelfryProcess.demo(scratch);
    }

    private static void assertProblem(Caller caller, String body, int status, String type) throws Exception {
        HttpResponse<String> answer = caller.post(body);
        assertThat(answer.statusCode()).isEqualTo(status);
        assertThat(Caller.type(answer)).isEqualTo(type);
    }
}
