package io.belfry.standalone.up;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.testkit.RedisServer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptServerTest {
    @TempDir
    private Path directory;

    @Test
    void startsADeadServerAgainAtTheSameAddress() throws Exception {
        try (KeptServer<RedisServer> kept = KeptServer.start("Redis", port -> RedisServer.start(directory, port))) {
            RedisServer first = kept.server();

            first.kill();

            await().atMost(10, SECONDS).until(() -> kept.server() != first);
            assertThat(kept.server().url()).isEqualTo(first.url());
            assertThat(kept.server().ask("PING")).isEqualTo("PONG");
        }
    }

    @Test
    void leavesAServerAloneThatItStoppedItself() throws Exception {
        KeptServer<RedisServer> kept = KeptServer.start("Redis", port -> RedisServer.start(directory, port));
        RedisServer server = kept.server();

        kept.close();

        assertThat(server.isRunning()).isFalse();
        assertThat(kept.server()).isSameAs(server);
    }
}
