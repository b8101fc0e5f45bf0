package io.belfry.console.why;

import io.belfry.core.category.Categories;
import io.belfry.core.category.Category;
import io.belfry.core.decision.Circumstances.Passage;
import io.belfry.core.decision.Deliberation;
import io.belfry.core.decision.Rehearsal;
import io.belfry.core.decision.SuppressionReason;
import io.belfry.core.event.EventOptions;
import io.belfry.core.event.Priority;
import io.belfry.core.inbox.NotificationId;
import io.belfry.core.sandbox.Sandbox;
import io.belfry.core.stop.Stops;
import io.belfry.core.template.TemplateSummary;
import io.belfry.core.template.TemplateVersions;
import io.belfry.core.trace.AcceptedEvent;
import io.belfry.core.trace.AcceptedEvents;
import io.belfry.core.trace.EventReport;
import io.belfry.core.trace.EventReports;
import io.belfry.core.trace.NotificationTrace;
import io.belfry.core.trace.Traces;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;

/// Finds out why. What would be decided comes from the function that decides in dispatch ([Rehearsal]); what was
/// decided is what dispatch stored. Thread-safe; blocks on the database.
@Singleton
final class Inquiry {
    private final Rehearsal rehearsal;
    private final Categories categories;
    private final TemplateVersions templates;
    private final AcceptedEvents events;
    private final EventReports reports;
    private final Traces traces;
    private final Stops stops;
    private final Sandbox sandbox;

    Inquiry(
            Rehearsal rehearsal,
            Categories categories,
            TemplateVersions templates,
            AcceptedEvents events,
            EventReports reports,
            Traces traces,
            Stops stops,
            Sandbox sandbox) {
        this.rehearsal = rehearsal;
        this.categories = categories;
        this.templates = templates;
        this.events = events;
        this.reports = reports;
        this.traces = traces;
        this.stops = stops;
        this.sandbox = sandbox;
    }

    /// Types to choose from: those with a category or a template.
    List<String> types() {
        var types = new TreeSet<>(categories.assignments().keySet());
        templates.list().stream().map(TemplateSummary::type).forEach(types::add);
        return List.copyOf(types);
    }

    /// @param priority the category's where it is empty
    Finding ofType(String user, String type, Optional<String> topic, Optional<Priority> priority) {
        Category category = categories.ofType(type);
        var matter = new Deliberation.Matter(
                type,
                category,
                priority.orElse(category.priority()),
                topic,
                EventOptions.NONE,
                "{}",
                Passage.of(sandbox, false));
        Rehearsal.Part part = rehearsal.of(matter, user);
        List<Answer> now = Answer.of(part.decision(), category);
        return new Finding(
                user,
                type,
                sentence(user, now, Tense.WOULD),
                tone(now),
                null,
                List.of(),
                null,
                null,
                now,
                Ground.of(part, matter, stops.inForce()),
                part.recipient().isKnown());
    }

    /// @return empty when there is no such event
    Optional<Finding> ofEvent(UUID event, String user) {
        return events.find(event, user).map(accepted -> of(accepted, user));
    }

    /// Whether it was discarded is told by its trace, or by its place while it has one.
    private Passage passage(AcceptedEvent event, Optional<NotificationTrace> trace) {
        boolean isDiscarded = trace.filter(t -> t.decided().inbox().equals(SuppressionReason.STOPPED.label()))
                        .isPresent()
                || event.place().isPresent()
                        && stops.inForce()
                                .isDiscarded(
                                        event.priority(),
                                        event.category(),
                                        event.place().getAsLong());
        return isDiscarded
                ? Passage.STOPPED
                : Passage.of(sandbox, event.options().isTest());
    }

    private Finding of(AcceptedEvent event, String user) {
        Category category = categories.of(event.category(), event.type());
        Optional<NotificationTrace> trace = traces.of(NotificationId.of(event.id(), user));
        var matter = new Deliberation.Matter(
                event.type(),
                category,
                event.priority(),
                event.topic(),
                event.options(),
                event.data(),
                passage(event, trace));
        Rehearsal.Part part = rehearsal.of(matter, user);
        List<Answer> then = trace.map(t -> Answer.of(t.decided())).orElse(List.of());
        String verdict = trace.isPresent() ? sentence(user, then, Tense.DID) : absence(event, user);
        return new Finding(
                user,
                event.type(),
                verdict,
                trace.isPresent() ? tone(then) : "bad",
                tie(event),
                then,
                trace.map(NotificationTrace::id).orElse(null),
                trace.map(NotificationTrace::writtenAt).orElse(null),
                event.tie() == AcceptedEvent.Tie.ACTOR ? List.of() : Answer.of(part.decision(), category),
                Ground.of(part, matter, stops.inForce()),
                part.recipient().isKnown());
    }

    private static String tie(AcceptedEvent event) {
        return switch (event.tie()) {
            case ACTOR -> "The user caused the event, and nobody is told of their own act.";
            case NAMED -> "The event names the user.";
            case FOLLOWER ->
                "The user follows the event's topic, " + event.topic().orElse("") + ".";
            case CROWD -> "The event goes to a segment or to everyone; the user may or may not be in it.";
            case NONE ->
                "Nothing makes the user one of its recipients: it does not name them, and they do not follow its"
                        + " topic.";
        };
    }

    private String absence(AcceptedEvent event, String user) {
        if (event.tie() == AcceptedEvent.Tie.ACTOR) {
            return user + " did not get it, since they caused it.";
        }
        EventReport report = reports.of(event.id()).orElseThrow();
        return switch (report.state()) {
            case SCHEDULED -> user + " did not get it yet: it is to be delivered later.";
            case PENDING -> user + " did not get it yet: it waits in its lane for a dispatcher.";
            case HELD -> user + " did not get it yet: an emergency stop holds it.";
            case EXPANDING -> user + " did not get it yet: its audience is being written, page by page.";
            case CANCELLED -> user + " did not get it: whoever sent it took it back.";
            case DEAD ->
                user + " did not get it: it could not be dispatched. "
                        + report.deathCause().orElse("");
            case DISPATCHED ->
                event.tie() == AcceptedEvent.Tie.NONE
                        ? user + " did not get it: they were not among its recipients."
                        : user + " has no trace of it: either they were not among its recipients then, or it is older"
                                + " than what is kept.";
        };
    }

    private enum Tense {
        DID,
        WOULD
    }

    private static String sentence(String user, List<Answer> answers, Tense tense) {
        Answer inbox = answers.getFirst();
        String got = tense == Tense.DID ? " got it" : " would get it";
        if (!inbox.isUsed()) {
            return user + (tense == Tense.DID ? " did not get it. " : " would not get it. ") + inbox.says();
        }
        Answer push = answers.getLast();
        if (push.isLate()) {
            return user + got + ", with a push later. " + push.says();
        }
        return push.isUsed() ? user + got + "." : user + got + " in the inbox, but no push. " + push.says();
    }

    private static String tone(List<Answer> answers) {
        if (!answers.getFirst().isUsed()) {
            return "bad";
        }
        return answers.stream().allMatch(Answer::isPlain) ? "good" : "warn";
    }
}
