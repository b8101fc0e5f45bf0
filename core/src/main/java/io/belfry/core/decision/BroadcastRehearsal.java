package io.belfry.core.decision;

import io.belfry.core.audience.Addressees;
import io.belfry.core.broadcast.Audience;
import io.belfry.core.category.Category;
import io.belfry.core.event.Crowd;
import io.belfry.core.event.EventOptions;
import io.belfry.core.event.Priority;
import io.belfry.core.sandbox.Sandbox;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;

/// Tells what would become of a broadcast that is sent now, by the decisions of its delivery, and does nothing.
/// Thread-safe; blocks on the database.
@Singleton
public final class BroadcastRehearsal {
    private static final String TYPE = "announcement";

    private final Rehearsal rehearsal;
    private final Sandbox sandbox;

    BroadcastRehearsal(Rehearsal rehearsal, Sandbox sandbox) {
        this.rehearsal = rehearsal;
        this.sandbox = sandbox;
    }

    /// Of an audience of more than [Rehearsal#MAX_RECIPIENTS] the first ones are looked at.
    public Rehearsal.Report of(Audience audience, Category category, Priority priority) {
        var matter = new Deliberation.Matter(
                TYPE,
                unlimited(category),
                priority,
                audience.topicName(),
                EventOptions.NONE,
                "{}",
                Circumstances.Passage.of(sandbox, false));
        return rehearsal.of(matter, addressees(audience));
    }

    private static Addressees addressees(Audience audience) {
        return switch (audience) {
            case Audience.Everyone() ->
                new Addressees(List.of(), Optional.empty(), new Crowd(List.of(), true), Optional.empty());
            case Audience.Topic(String topic) ->
                new Addressees(List.of(), Optional.of(topic), Crowd.NONE, Optional.empty());
            case Audience.Segment(String segment) ->
                new Addressees(List.of(), Optional.empty(), new Crowd(List.of(segment), false), Optional.empty());
            case Audience.Users(List<String> users) ->
                new Addressees(users, Optional.empty(), Crowd.NONE, Optional.empty());
        };
    }

    /// What categories limit is events; a broadcast counts for none of it.
    private static Category unlimited(Category category) {
        return new Category(
                category.id(),
                category.name(),
                category.description(),
                category.priority(),
                category.mandatory(),
                category.push(),
                category.pushUnless(),
                category.pushDelay(),
                category.optIn(),
                Optional.empty(),
                Optional.empty());
    }
}
