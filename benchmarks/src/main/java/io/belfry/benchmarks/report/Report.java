package io.belfry.benchmarks.report;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.belfry.benchmarks.machine.Machine;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Stream;

/// All results of a session, and the table that they make. Not thread-safe.
public final class Report {
    private final List<Result> results = new ArrayList<>();

    public void add(Result result) {
        results.add(result);
    }

    /// Whether any run lost, doubled or disordered a notification.
    public boolean isFaulty() {
        return results.stream()
                .flatMap(result -> Stream.of(Figure.LOST, Figure.DUPLICATES, Figure.REORDERED)
                        .map(figure -> result.figures().getOrDefault(figure, 0.0)))
                .anyMatch(count -> count > 0);
    }

    private List<Line> lines() {
        var lines = new LinkedHashMap<String, Line>();
        for (Result result : results) {
            lines.computeIfAbsent(result.row() + " " + result.subject(), key -> Line.of(result))
                    .add(result);
        }
        return List.copyOf(lines.values());
    }

    /// As a table of Markdown.
    public void print(Machine machine, PrintWriter out) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(Line.TITLES);
        lines().forEach(line -> rows.add(line.cells()));
        int[] widths = new int[Line.TITLES.size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        out.println(machine.text());
        out.println();
        for (List<String> row : rows) {
            StringBuilder text = new StringBuilder("|");
            StringBuilder rule = new StringBuilder("|");
            for (int i = 0; i < widths.length; i++) {
                text.append(' ')
                        .append(row.get(i))
                        .repeat(' ', widths[i] - row.get(i).length());
                text.append(" |");
                rule.repeat('-', widths[i] + 2).append('|');
            }
            out.println(text);
            if (row == Line.TITLES) {
                out.println(rule);
            }
        }
        out.flush();
    }

    /// Every figure of every run.
    public void write(Machine machine, Path file) throws IOException {
        JsonMapper json = JsonMapper.builder().build();
        ObjectNode root = json.createObjectNode();
        root.put("machine", machine.text());
        for (Line line : lines()) {
            ObjectNode object = root.withArray("lines").addObject();
            object.put("row", line.row()).put("subject", line.subject()).put("load", line.load());
            object.put("main", line.main().name());
            line.values()
                    .forEach((figure, values) -> values.forEach(
                            value -> object.withArray(figure.name()).add(value)));
        }
        json.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), root);
    }
}
