package io.belfry.benchmarks.report;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// All runs of one scenario on one subject: a line of the table. Of the main figure it shows the median, the least and
/// the most, of the others the median.
///
/// @param values of each figure, one of each run
public record Line(String row, String subject, String load, Figure main, Map<Figure, List<Double>> values) {
    static final List<String> TITLES =
            List.of("row", "what", "result", "p50 / p99 / max ms", "lost/twice/disorder", "CPU s per 1,000", "also");

    /// Those that have columns of their own.
    private static final Set<Figure> COLUMNS = EnumSet.of(
            Figure.P50_MS,
            Figure.P99_MS,
            Figure.MAX_MS,
            Figure.LOST,
            Figure.DUPLICATES,
            Figure.REORDERED,
            Figure.CPU_ALL,
            Figure.CPU_JVM,
            Figure.CPU_POSTGRES,
            Figure.CPU_REDIS);

    static Line of(Result first) {
        return new Line(first.row(), first.subject(), first.load(), first.main(), new TreeMap<>());
    }

    void add(Result run) {
        run.figures().forEach((figure, value) -> values.computeIfAbsent(figure, f -> new ArrayList<>())
                .add(value));
    }

    List<String> cells() {
        return List.of(row, subject + ", " + load, result(), latency(), losses(), cpu(), also());
    }

    private String result() {
        List<Double> sorted = values.get(main).stream().sorted().toList();
        String spread =
                sorted.size() == 1 ? "" : " (" + main.text(sorted.getFirst()) + "–" + main.text(sorted.getLast()) + ")";
        return median(main) + spread + " " + main.label();
    }

    private String latency() {
        return values.containsKey(Figure.P50_MS)
                ? median(Figure.P50_MS) + " / " + median(Figure.P99_MS) + " / " + median(Figure.MAX_MS)
                : "";
    }

    private String losses() {
        return values.containsKey(Figure.LOST)
                ? median(Figure.LOST) + "/" + median(Figure.DUPLICATES) + "/" + median(Figure.REORDERED)
                : "";
    }

    private String cpu() {
        if (!values.containsKey(Figure.CPU_ALL)) {
            return "";
        }
        String parts = EnumSet.of(Figure.CPU_JVM, Figure.CPU_POSTGRES, Figure.CPU_REDIS).stream()
                .filter(values::containsKey)
                .map(this::median)
                .collect(Collectors.joining(" + "));
        return median(Figure.CPU_ALL) + " = " + parts;
    }

    private String also() {
        return values.keySet().stream()
                .filter(figure -> figure != main && !COLUMNS.contains(figure))
                .map(figure -> median(figure) + " " + figure.label())
                .collect(Collectors.joining(", "));
    }

    private String median(Figure figure) {
        return figure.text(median(values.get(figure)));
    }

    static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
