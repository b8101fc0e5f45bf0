package io.belfry.api.event;

import io.belfry.api.problem.Problem;
import io.belfry.core.event.NewEvent;

/// What one event of a request turned out to be.
sealed interface Reading {
    record Event(NewEvent event) implements Reading {}

    record Refused(Problem problem) implements Reading {}
}
