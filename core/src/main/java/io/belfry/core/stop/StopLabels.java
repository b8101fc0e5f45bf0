package io.belfry.core.stop;

/// How targets of stops are written.
final class StopLabels {
    static final String PUSH = "push";
    static final String BULK = "bulk";
    static final String CATEGORY = "category:";

    private StopLabels() {}
}
