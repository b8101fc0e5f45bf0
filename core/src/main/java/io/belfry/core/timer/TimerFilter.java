package io.belfry.core.timer;

import java.util.Optional;
import java.util.UUID;

/// Which timers to list; empty parts do not narrow.
public record TimerFilter(Optional<TimerKind> kind, Optional<String> user, Optional<UUID> event) {
    public static final TimerFilter ALL = new TimerFilter(Optional.empty(), Optional.empty(), Optional.empty());
}
