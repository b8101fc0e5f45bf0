package io.belfry.dispatcher.push.fcm;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.dispatcher.push.PushResult;
import io.belfry.testkit.fcm.FcmSimulator;
import io.belfry.testkit.fcm.Script;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Many pushes at once, against a provider that takes 50 ms.
class FcmConcurrencyTest {
    private static final Logger LOG = LoggerFactory.getLogger(FcmConcurrencyTest.class);

    /// A busy machine may take a while to let all of them have their turn.
    private static final Duration PATIENT = Duration.ofMinutes(1);

    @Test
    void keepsAsManyUnderWayAsAllowedAndNoMoreOnConnectionsThatStayOpen() throws Exception {
        int maxInFlight = 64;
        try (FcmSimulator simulator = new FcmSimulator(0);
                FcmProvider provider = provider(simulator, maxInFlight, PATIENT)) {
            simulator.latency(Duration.ofMillis(50));

            List<PushResult> results = sendAll(provider, 1000);

            assertThat(results).hasSize(1000).allMatch(PushResult.Accepted.class::isInstance);
            // The bound is strict; how near a busy machine comes to it is not.
            assertThat(simulator.peakInFlight()).isBetween(maxInFlight / 2, maxInFlight);
            assertThat(simulator.connections()).isLessThanOrEqualTo(maxInFlight);
            assertThat(simulator.accepted()).isEqualTo(1000);
        }
    }

    /// The rate is a matter of the machine and is logged, not judged; what is judged is that waiting costs no more than
    /// the provider's 50 ms: one after the other these would take 250 s.
    @Test
    void overlapsTheWaiting() throws Exception {
        try (FcmSimulator simulator = new FcmSimulator(0);
                FcmProvider provider = provider(simulator, 256, PATIENT)) {
            simulator.latency(Duration.ofMillis(50));
            sendAll(provider, 500);
            long start = System.nanoTime();

            List<PushResult> results = sendAll(provider, 5000);

            double seconds = (System.nanoTime() - start) / 1e9;
            LOG.info("5,000 pushes at 50 ms: {}/s", Math.round(5000 / seconds));
            assertThat(results).allMatch(PushResult.Accepted.class::isInstance);
            assertThat(seconds).isLessThan(60);
        }
    }

    @Test
    void sendsToOthersWhileSomeHang() throws Exception {
        try (FcmSimulator simulator = new FcmSimulator(0);
                FcmProvider provider = provider(simulator, 16, Duration.ofSeconds(1))) {
            simulator.script(Script.hang().forToken("black-hole").always());
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Future<PushResult>> hanging = Stream.generate(
                                () -> threads.submit(() -> provider.send(PushExamples.to("black-hole"))))
                        .limit(8)
                        .toList();

                List<PushResult> others = sendAll(provider, 100);

                assertThat(others).allMatch(PushResult.Accepted.class::isInstance);
                for (Future<PushResult> push : hanging) {
                    assertThat(push.get()).isEqualTo(new PushResult.Ambiguous("answer lost: SocketTimeoutException"));
                }
            }
        }
    }

    private static FcmProvider provider(FcmSimulator simulator, int maxInFlight, Duration timeout) {
        return new FcmProvider(
                PushExamples.settings(simulator.url(), null, maxInFlight, timeout),
                Clock.systemUTC(),
                new SimpleMeterRegistry());
    }

    private static List<PushResult> sendAll(FcmProvider provider, int count) throws Exception {
        List<PushResult> results = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<PushResult>> sends = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                String token = "phone-" + i;
                sends.add(threads.submit(() -> provider.send(PushExamples.to(token))));
            }
            for (Future<PushResult> send : sends) {
                results.add(send.get());
            }
        }
        return results;
    }
}
