package io.belfry.console.why;

import io.belfry.console.Needs;
import io.belfry.console.Pages;
import io.belfry.console.Visit;
import io.belfry.core.access.Role;
import io.belfry.core.event.EventType;
import io.belfry.core.event.Priority;
import io.belfry.core.user.UserId;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.rules.SecurityRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// Tells why somebody gets something, or why not: of an event that was sent, or of one that might be.
@Controller("/console/why")
@Secured(SecurityRule.IS_ANONYMOUS)
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
@Needs(Role.VIEWER)
final class WhyController {
    private static final int MAX_TOPIC = 255;

    private final Pages pages;
    private final Inquiry inquiry;

    WhyController(Pages pages, Inquiry inquiry) {
        this.pages = pages;
        this.inquiry = inquiry;
    }

    /// The question as it was typed.
    record Typed(String user, String type, String topic, String priority, String event) {
        public boolean isBlank() {
            return (user + type + topic + priority + event).isEmpty();
        }
    }

    /// @param finding null where there is none
    record WhyModel(
            Typed typed, List<String> problems, List<Priority> priorities, List<String> types, Finding finding) {}

    @Get
    MutableHttpResponse<?> page(
            @QueryValue Optional<String> user,
            @QueryValue Optional<String> type,
            @QueryValue Optional<String> topic,
            @QueryValue Optional<String> priority,
            @QueryValue Optional<String> event,
            Visit visit) {
        var typed = new Typed(text(user), text(type), text(topic), text(priority), text(event));
        var problems = new ArrayList<String>();
        Optional<Finding> finding = typed.isBlank() || isOnlyUser(typed) ? Optional.empty() : find(typed, problems);
        var model = new WhyModel(typed, problems, List.of(Priority.values()), inquiry.types(), finding.orElse(null));
        return problems.isEmpty() ? pages.show(visit, "why/page", model) : pages.refuse(visit, "why/page", model);
    }

    private static boolean isOnlyUser(Typed typed) {
        return typed.type.isEmpty() && typed.event.isEmpty();
    }

    private Optional<Finding> find(Typed typed, List<String> problems) {
        if (!UserId.isValid(typed.user)) {
            problems.add("User: name one (expected: " + UserId.EXPECTED + ").");
        }
        if (!typed.event.isEmpty()) {
            return ofEvent(typed, problems);
        }
        if (!EventType.isValid(typed.type)) {
            problems.add("Event type: that is not one. A type looks like order.shipped.");
        }
        if (typed.topic.length() > MAX_TOPIC) {
            problems.add("Topic: " + typed.topic.length() + " characters (expected: at most " + MAX_TOPIC + ").");
        }
        Optional<Priority> priority = Priority.ofLabel(typed.priority);
        if (!typed.priority.isEmpty() && priority.isEmpty()) {
            problems.add("Priority: “" + typed.priority + "” is none.");
        }
        return problems.isEmpty()
                ? Optional.of(inquiry.ofType(
                        typed.user, typed.type, Optional.of(typed.topic).filter(t -> !t.isEmpty()), priority))
                : Optional.empty();
    }

    private Optional<Finding> ofEvent(Typed typed, List<String> problems) {
        Optional<UUID> id = id(typed.event);
        if (id.isEmpty()) {
            problems.add("Event: that is not an id. An event's id looks like 0199f2c4-….");
        }
        if (!problems.isEmpty()) {
            return Optional.empty();
        }
        Optional<Finding> finding = inquiry.ofEvent(id.get(), typed.user);
        if (finding.isEmpty()) {
            problems.add("Event: there is none with that id. It may be older than what is kept.");
        }
        return finding;
    }

    private static Optional<UUID> id(String typed) {
        try {
            return Optional.of(UUID.fromString(typed));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String text(Optional<String> typed) {
        return typed.map(String::strip).orElse("");
    }
}
