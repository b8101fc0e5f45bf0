package io.belfry.testkit.fcm;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// The scripts not yet used up. Thread-safe.
final class Scripts {

    /// More than any test or demo writes; a limit so that a loop cannot fill the memory.
    private static final int CAPACITY = 10_000;

    private final List<Entry> entries = new ArrayList<>();

    private static final class Entry {
        final Script script;
        int left;

        Entry(Script script) {
            this.script = script;
            this.left = script.times();
        }
    }

    synchronized void add(Script script) {
        if (entries.size() >= CAPACITY) {
            throw new IllegalStateException("scripts: " + entries.size() + " (expected: < " + CAPACITY + ")");
        }
        entries.add(new Entry(script));
    }

    synchronized void clear() {
        entries.clear();
    }

    synchronized Optional<Script> next(Script.Target target, String token) {
        Optional<Entry> found = entries.stream()
                .filter(entry -> entry.script.concerns(target, token))
                .min(Comparator.comparing(entry -> entry.script.token().isEmpty()));
        found.ifPresent(entry -> {
            if (--entry.left == 0) {
                entries.remove(entry);
            }
        });
        return found.map(entry -> entry.script);
    }
}
