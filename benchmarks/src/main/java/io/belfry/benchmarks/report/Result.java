package io.belfry.benchmarks.report;

import java.util.EnumMap;
import java.util.Map;

/// What one run of one scenario gave.
///
/// @param row of the targets, such as P1
/// @param subject what was measured: Belfry, or what it is compared with
/// @param load in words
/// @param main the figure that the row is about
public record Result(String row, String subject, String load, Figure main, Map<Figure, Double> figures) {
    public static Result of(String row, String subject, String load, Figure main) {
        return new Result(row, subject, load, main, new EnumMap<>(Figure.class));
    }

    /// The same, with one figure more.
    public Result with(Figure figure, double value) {
        var more = new EnumMap<Figure, Double>(Figure.class);
        more.putAll(figures);
        more.put(figure, value);
        return new Result(row, subject, load, main, more);
    }
}
