package io.belfry.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// That what is said of guards and figures is true.
class GuardTest {
    private static final Path OPERATIONS = Path.of("..", "docs", "OPERATIONS.md");
    private static final Path PROTOCOL = Path.of("..", "docs", "PROTOCOL.md");

    @ParameterizedTest
    @EnumSource
    void everyGuardIsASettingAndIsDescribed(Guard guard) throws IOException {
        assertThat(isSetting(guard.setting())).as(guard.setting()).isTrue();
        String last = guard.setting().substring(guard.setting().lastIndexOf('.') + 1);
        assertThat(Files.readString(PROTOCOL)).contains("`" + last + "`");
    }

    /// Follows the path through the records.
    private static boolean isSetting(String path) {
        Class<?> record = GatewaySettings.class;
        for (String step : path.split("\\.")) {
            if (step.equals("namespaces") || step.equals("*")) {
                record = Namespace.class;
                continue;
            }
            List<RecordComponent> found = Arrays.stream(record.getRecordComponents())
                    .filter(component -> kebab(component.getName()).equals(step))
                    .toList();
            if (found.isEmpty()) {
                return false;
            }
            record = found.getFirst().getType();
        }
        return true;
    }

    private static String kebab(String camel) {
        return camel.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    @Test
    void everyFigureIsDescribed() throws IOException {
        var registry = new SimpleMeterRegistry();
        var metrics = new GatewayMetrics(registry);
        metrics.sockets(new AtomicInteger());
        metrics.feeds(new ConcurrentHashMap<>());
        metrics.channels(Map.of());
        metrics.transport("epoll");
        metrics.called("inbox.list");
        String described = Files.readString(OPERATIONS);

        assertThat(registry.getMeters().stream()
                        .map(Meter::getId)
                        .map(Meter.Id::getName)
                        .filter(name -> !name.endsWith(".histogram")))
                .hasSizeGreaterThan(20)
                .allSatisfy(name -> assertThat(described)
                        .contains(
                                "`" + name.substring("belfry.gateway.".length()).replace('.', '_')));
    }
}
