package io.belfry.console.why;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/// What there is to say about a user and an event.
///
/// @param verdict the answer in a sentence
/// @param tone how it looks
/// @param tie what the user has to do with the event, or null where there is no event
/// @param then what was decided for it; empty where nothing was
/// @param notification its id where it was decided, or null
/// @param decidedAt when, or null
/// @param now what would be decided now
/// @param grounds what that rests on
/// @param isKnown whether there is such a user
record Finding(
        String user,
        String type,
        String verdict,
        String tone,
        String tie,
        List<Answer> then,
        UUID notification,
        Instant decidedAt,
        List<Answer> now,
        List<Ground> grounds,
        boolean isKnown) {}
