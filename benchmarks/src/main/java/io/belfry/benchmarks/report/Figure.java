package io.belfry.benchmarks.report;

import java.util.Locale;

/// What is measured, and in which unit.
public enum Figure {
    EVENTS_PER_S("events/s", 0),
    NOTIFICATIONS_PER_S("notifications/s", 0),
    PUSHES_PER_S("pushes/s", 0),
    CONNECTS_PER_S("connects/s", 0),
    BYTES_PER_CONNECTION("bytes/connection", 0),
    SECONDS("s", 2),
    MILLIS("ms", 0),
    P50_MS("p50 ms", 1),
    P99_MS("p99 ms", 1),
    MAX_MS("max ms", 1),
    ANSWER_P50_MS("202 p50 ms", 1),
    ANSWER_P99_MS("202 p99 ms", 1),
    LOST("lost", 0),
    DUPLICATES("twice", 0),
    REORDERED("reordered", 0),
    /// CPU seconds per 1,000 notifications.
    CPU_ALL("CPU s/1,000", 4),
    CPU_JVM("of the JVM", 4),
    CPU_POSTGRES("of PostgreSQL", 4),
    CPU_REDIS("of Redis", 4),
    RESIDENT_MB("MB resident", 0),
    RATIO("×", 2),
    /// What share of the machine went to processes that are no part of the run.
    FOREIGN_CPU("% CPU of others", 0);

    private final String label;
    private final int decimals;

    Figure(String label, int decimals) {
        this.label = label;
        this.decimals = decimals;
    }

    public String label() {
        return label;
    }

    String text(double value) {
        return String.format(Locale.ROOT, "%,." + decimals + "f", value);
    }
}
