package io.belfry.api.event;

import io.belfry.api.problem.Problem;

/// One event of a request, as far as it could be read.
sealed interface Item {
    record Readable(Draft draft) implements Item {}

    record Unreadable(Problem problem) implements Item {}
}
