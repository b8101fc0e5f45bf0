package io.belfry.console.notifications;

import io.belfry.console.Acts;
import io.belfry.console.Flash;
import io.belfry.console.Needs;
import io.belfry.console.Pages;
import io.belfry.console.Question;
import io.belfry.console.Visit;
import io.belfry.core.access.Role;
import io.belfry.core.amendment.Amendment;
import io.belfry.core.amendment.Amendments;
import io.belfry.core.amendment.Author;
import io.belfry.core.trace.AcceptedEvent;
import io.belfry.core.trace.AcceptedEvents;
import io.belfry.core.trace.NotificationTrace;
import io.belfry.core.trace.Traces;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.rules.SecurityRule;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Recalls a notification, or all of its event, and sends it again. Each asks first, and says what it touches.
@Controller("/console/notifications/{id}")
@Secured(SecurityRule.IS_ANONYMOUS)
@Produces(MediaType.TEXT_HTML)
@Consumes(MediaType.APPLICATION_FORM_URLENCODED)
@ExecuteOn(TaskExecutors.BLOCKING)
@Needs(Role.EDITOR)
final class NotificationActsController {
    private static final Logger LOG = LoggerFactory.getLogger(NotificationActsController.class);
    private static final String SECTION = "notifications";

    private final Pages pages;
    private final Traces traces;
    private final AcceptedEvents events;
    private final Amendments amendments;
    private final SentAgain again;
    private final Siblings siblings;
    private final Acts acts;

    NotificationActsController(
            Pages pages,
            Traces traces,
            AcceptedEvents events,
            Amendments amendments,
            SentAgain again,
            Siblings siblings,
            Acts acts) {
        this.pages = pages;
        this.traces = traces;
        this.events = events;
        this.amendments = amendments;
        this.again = again;
        this.siblings = siblings;
        this.acts = acts;
    }

    private static String path(UUID id) {
        return "/console/notifications/" + id;
    }

    private MutableHttpResponse<?> with(
            UUID id, Visit visit, BiFunction<NotificationTrace, Visit, MutableHttpResponse<?>> act) {
        return traces.of(id)
                .<MutableHttpResponse<?>>map(trace -> act.apply(trace, visit))
                .orElseGet(() -> pages.notFound(visit, "notification"));
    }

    @Get("/recall")
    MutableHttpResponse<?> askRecall(UUID id, Visit visit) {
        return with(
                id,
                visit,
                (trace, v) -> pages.ask(
                        v,
                        SECTION,
                        Question.danger(
                                "Recall it from " + trace.userId() + "?",
                                List.of(
                                        "It leaves their inbox on every device, live or when they come back. Nobody else"
                                                + " is touched.",
                                        phones(trace) + " This cannot be taken back."),
                                path(id) + "/recall",
                                "Recall it",
                                path(id))));
    }

    private static String phones(NotificationTrace trace) {
        long pushed = trace.attempts().stream()
                .filter(attempt -> attempt.outcome().equals("accepted"))
                .map(NotificationTrace.Attempt::deviceId)
                .distinct()
                .count();
        var says = new ArrayList<String>();
        if (trace.timer().isPresent()) {
            says.add("The push that waits is not sent.");
        }
        if (pushed > 0) {
            says.add("It was pushed to " + pushed + (pushed == 1 ? " device" : " devices")
                    + ", from whose tray it is taken as far as the app and the platform obey.");
        }
        return says.isEmpty() ? "No push of it waits or was sent." : String.join(" ", says);
    }

    @Post("/recall")
    MutableHttpResponse<?> recall(UUID id, Visit visit) {
        return with(id, visit, (trace, v) -> {
            Optional<Boolean> done = amendments.ofNotification(
                    id, new Amendment.Recall(), Author.operator(v.operator().email()));
            if (done.filter(changed -> changed).isEmpty()) {
                return pages.go(v, path(id), Flash.failed("It was recalled before, or is in no inbox."));
            }
            acts.record(v, "notification.recall", id.toString(), Map.of("user", trace.userId(), "type", trace.type()));
            return pages.go(v, path(id), Flash.done("It is recalled."));
        });
    }

    @Get("/recall-all")
    MutableHttpResponse<?> askRecallAll(UUID id, Visit visit) {
        return with(id, visit, (trace, v) -> {
            Siblings.Count count = siblings.of(trace.eventId());
            return pages.ask(
                    v,
                    SECTION,
                    Question.danger(
                            "Recall the event from everybody?",
                            List.of(
                                    count.says()
                                            + " leave the inboxes they are in, on every device, and whoever was not"
                                            + " reached yet is not reached any more.",
                                    count.pushesSay() + " that " + (count.pushes() == 1 ? "waits is" : "wait are")
                                            + " not sent; those on phones are taken away as far as these obey. This"
                                            + " cannot be taken back."),
                            path(id) + "/recall-all",
                            "Recall it from everybody",
                            path(id)));
        });
    }

    @Post("/recall-all")
    MutableHttpResponse<?> recallAll(UUID id, Visit visit) {
        return with(id, visit, (trace, v) -> {
            if (amendments
                    .ofEvent(
                            trace.eventId(),
                            new Amendment.Recall(),
                            Author.operator(v.operator().email()))
                    .isEmpty()) {
                return pages.notFound(v, "event any more");
            }
            acts.record(v, "event.recall", trace.eventId().toString(), Map.of("type", trace.type()));
            return pages.go(
                    v, path(id), Flash.done("The recall is on its way: a dispatcher works it off page by page."));
        });
    }

    @Get("/resend")
    MutableHttpResponse<?> askResend(UUID id, Visit visit) {
        return with(
                id,
                visit,
                (trace, v) -> pages.ask(
                        v,
                        SECTION,
                        Question.plain(
                                "Send it again to " + trace.userId() + "?",
                                List.of(
                                        "A new event of the type " + trace.type() + " with the same data goes to "
                                                + trace.userId() + " alone. It is decided and worded anew: mutes, quiet"
                                                + " hours and the template are those of now.",
                                        trace.later().recalledAt().isPresent()
                                                ? "The one that was recalled stays recalled."
                                                : "They will have both, unless the event's collapse key lets the new one"
                                                        + " take the old one's place."),
                                path(id) + "/resend",
                                "Send it again",
                                path(id))));
    }

    @Post("/resend")
    MutableHttpResponse<?> resend(UUID id, Visit visit) {
        return with(id, visit, (trace, v) -> {
            Optional<AcceptedEvent> event = events.find(trace.eventId(), trace.userId());
            if (event.isEmpty()) {
                return pages.notFound(v, "event any more");
            }
            try {
                UUID sent = again.to(trace.userId(), event.get(), v.operator());
                acts.record(
                        v,
                        "notification.resend",
                        id.toString(),
                        Map.of("user", trace.userId(), "type", trace.type(), "event", sent.toString()));
                return pages.go(
                        v,
                        "/console/notifications?event=" + sent,
                        Flash.done("It is on its way again, as a new event."));
            } catch (SQLException | RuntimeException e) {
                LOG.warn("An event could not be sent again: {}", e.getMessage());
                return pages.go(v, path(id), Flash.failed("The database did not take the event. Try again."));
            }
        });
    }
}
