package io.belfry.console.timers;

import io.belfry.core.timer.TimerKind;

/// How pages call what waits.
final class TimerWords {
    private TimerWords() {}

    static String of(TimerKind kind) {
        return switch (kind) {
            case FALLBACK -> "push, unless received";
            case DEFERRED -> "push, put off";
            case SNOOZE -> "snoozed notification";
            case SCHEDULED -> "scheduled event";
            case DIGEST -> "open digest";
            case REPEAT -> "repeating alert";
        };
    }
}
