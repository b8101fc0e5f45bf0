package io.belfry.standalone.up;

import static io.belfry.standalone.up.Caller.critical;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.belfry.standalone.settings.DatabaseAddress;
import io.belfry.testkit.centrifuge.CentrifugeClient;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a device received decides whether a phone rings, on the whole process and with the real client SDK.
class ReceiptPathTest {
    private static final String PHONE = "alices-phone";

    private final Path scratch;

    ReceiptPathTest(@TempDir Path scratch) {
        this.scratch = scratch;
    }

    /// One story, since each start costs seconds. The phone's own app is the one that is connected: it has the id of
    /// the device that is registered.
    @Test
    void aPushGoesToWhomNothingArrivedAtAndToNobodyElse() throws Exception {
        try (BelfryProcess belfry = BelfryProcess.demo(scratch)) {
            Caller caller = new Caller(belfry.awaitReady());
            assertThat(caller.registerDevice("alice", "phone-1", PHONE)).isEqualTo(200);
            try (CentrifugeClient app = caller.app("alice", "phone-1").connect();
                    CentrifugeClient other = caller.app("bob", "laptop").connect()) {
                aConnectedUserIsNotPushedTo(caller, app);
                aFrozenAppIsPushedToAndLaterAgrees(caller, app);
                whatAppsMissComesOnceAndInOrder(caller, app);
                assertThat(other.publications("inbox")).isEmpty();
            }
        }
    }

    private void aConnectedUserIsNotPushedTo(Caller caller, CentrifugeClient app) throws Exception {
        caller.post(critical("door.opened", "alice", "live"));
        app.await("the live copy", () -> Caller.texts(app).equals(List.of("live")));
        await().atMost(15, SECONDS).until(() -> timers() == 0);
        assertThat(caller.pushes(PHONE, "door.opened")).isZero();
    }

    /// Its socket stays open and takes what is sent, but nobody answers.
    private void aFrozenAppIsPushedToAndLaterAgrees(Caller caller, CentrifugeClient app) throws Exception {
        app.suspend();
        try {
            caller.post(critical("door.forced", "alice", "frozen"));
            await().atMost(10, SECONDS).until(() -> caller.pushes(PHONE, "door.forced") == 1);
        } finally {
            app.resume();
        }
        app.await("what came while it was frozen", () -> Caller.texts(app).equals(List.of("live", "frozen")));
        assertThat(caller.texts("alice")).containsExactly("frozen", "live");
        await().atMost(15, SECONDS).until(() -> timers() == 0);
        assertThat(caller.pushes(PHONE, "door.forced")).isEqualTo(1);
        assertThat(caller.pushes(PHONE, "door.opened")).isZero();
    }

    private static void whatAppsMissComesOnceAndInOrder(Caller caller, CentrifugeClient app) throws Exception {
        app.disconnect();
        for (int i = 0; i < 50; i++) {
            caller.post(Caller.event("tick", "alice", "n" + i));
        }
        await().atMost(10, SECONDS).until(() -> caller.texts("alice").size() == 52);
        app.connect();
        app.await("the 50 it missed", () -> Caller.texts(app).size() == 52);
        for (int i = 0; i < 50; i++) {
            assertThat(Caller.texts(app).get(2 + i)).isEqualTo("n" + i);
        }
        assertThat(app.subscription("inbox").path("recovered").asBoolean()).isTrue();
    }

    /// How many pushes still may follow.
    private int timers() throws Exception {
        String url = new ObjectMapper()
                .readTree(scratch.resolve("data").resolve("credentials.json").toFile())
                .at("/running/databaseUrl")
                .asText();
        DatabaseAddress database =
                DatabaseAddress.of(Map.of("DATABASE_URL", url)).orElseThrow();
        try (Connection connection =
                        DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
                PreparedStatement count = connection.prepareStatement("select count(*) from push_timers");
                ResultSet row = count.executeQuery()) {
            if (!row.next()) {
                throw new SQLException("no count");
            }
            return row.getInt(1);
        }
    }
}
