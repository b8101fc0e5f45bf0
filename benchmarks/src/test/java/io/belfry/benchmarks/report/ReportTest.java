package io.belfry.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.belfry.benchmarks.machine.Machine;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
    private final Report report = new Report();

    private static Result run(double perSecond, double lost) {
        return Result.of("P1", "belfry", "10 sockets", Figure.NOTIFICATIONS_PER_S)
                .with(Figure.NOTIFICATIONS_PER_S, perSecond)
                .with(Figure.LOST, lost)
                .with(Figure.DUPLICATES, 0)
                .with(Figure.REORDERED, 0);
    }

    @Test
    void showsTheMedianAndTheSpreadOfAllRuns() {
        report.add(run(1_000, 0));
        report.add(run(3_000, 0));
        report.add(run(1_200, 0));
        StringWriter text = new StringWriter();
        report.print(new Machine("a machine"), new PrintWriter(text));

        assertThat(text.toString())
                .contains("a machine", "| P1 ", "belfry, 10 sockets", "1,200 (1,000–3,000) notifications/s", "0/0/0");
        assertThat(report.isFaulty()).isFalse();
    }

    @Test
    void isFaultyWhenOneRunOfManyLostSomething() {
        report.add(run(1_000, 0));
        report.add(run(1_000, 1));
        report.add(run(1_000, 0));

        assertThat(report.isFaulty()).isTrue();
    }

    @Test
    void writesEveryRun(@TempDir Path directory) throws Exception {
        report.add(run(1_000, 0));
        report.add(run(3_000, 2));
        Path file = directory.resolve("report.json");
        report.write(new Machine("a machine"), file);

        var json = JsonMapper.builder().build().readTree(file.toFile());
        assertThat(json.path("machine").asText()).isEqualTo("a machine");
        assertThat(json.path("lines")).hasSize(1);
        assertThat(json.path("lines").get(0).path("LOST").toString()).isEqualTo("[0.0,2.0]");
    }
}
