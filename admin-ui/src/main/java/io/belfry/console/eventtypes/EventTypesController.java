package io.belfry.console.eventtypes;

import io.belfry.console.Acts;
import io.belfry.console.Flash;
import io.belfry.console.Needs;
import io.belfry.console.Pages;
import io.belfry.console.Slice;
import io.belfry.console.Visit;
import io.belfry.core.access.Role;
import io.belfry.core.category.Categories;
import io.belfry.core.category.Category;
import io.belfry.core.event.EventType;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.http.uri.UriBuilder;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.rules.SecurityRule;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Lists the types of events, and puts them into categories.
@Controller("/console/event-types")
@Secured(SecurityRule.IS_ANONYMOUS)
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
@Needs(Role.VIEWER)
final class EventTypesController {
    private static final String PATH = "/console/event-types";
    private static final String VIEW = "event-types/list";
    private static final int PAGE = 50;

    private final Pages pages;
    private final KnownTypes types;
    private final Categories categories;
    private final Acts acts;

    EventTypesController(Pages pages, KnownTypes types, Categories categories, Acts acts) {
        this.pages = pages;
        this.types = types;
        this.categories = categories;
        this.acts = acts;
    }

    /// @param query as typed
    /// @param category that is filtered by; empty for all
    /// @param countedSince events since then were counted
    /// @param typed what was typed to register a type
    /// @param problem with that, or null
    record ListModel(
            String query,
            String category,
            Slice<KnownTypes.Line> lines,
            List<Category> categories,
            Instant countedSince,
            String typed,
            String problem) {}

    @Get
    MutableHttpResponse<?> list(
            @QueryValue Optional<String> q,
            @QueryValue Optional<String> category,
            @QueryValue Optional<Integer> page,
            Visit visit) {
        return pages.show(visit, VIEW, model(q.orElse(""), category.orElse(""), page, "", null));
    }

    private ListModel model(String query, String category, Optional<Integer> page, String typed, String problem) {
        KnownTypes.Found found = types.search(query.strip(), category);
        return new ListModel(
                query,
                category,
                Slice.of(found.lines(), page, PAGE, number -> address(query, category, number)),
                categories.list(),
                found.countedSince(),
                typed,
                problem);
    }

    /// Makes a type known before a service sends it.
    @Post
    @Needs(Role.EDITOR)
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    MutableHttpResponse<?> register(Visit visit) {
        String type = visit.form().text("type");
        if (!EventType.isValid(type)) {
            return pages.refuse(
                    visit, VIEW, model("", "", Optional.empty(), type, "A type is " + EventType.EXPECTED + "."));
        }
        return assign(type, visit);
    }

    @Post("/{type}")
    @Needs(Role.EDITOR)
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    MutableHttpResponse<?> assign(String type, Visit visit) {
        Optional<Category> category = categories.find(visit.form().text("category"));
        if (!EventType.isValid(type)) {
            return pages.notFound(visit, "event type");
        }
        if (category.isEmpty()) {
            return pages.refuse(
                    visit, VIEW, model("", "", Optional.empty(), type, "There is no such category any more."));
        }
        String before = categories.ofType(type).id();
        categories.assign(type, category.get().id());
        acts.record(
                visit,
                "event_type.assign",
                type,
                Map.of("category", category.get().id(), "before", before));
        return pages.go(
                visit,
                address(visit.form().text("q"), visit.form().text("in"), 1),
                Flash.done(type + " is in the category " + category.get().name() + " now."));
    }

    private static String address(String query, String category, int page) {
        UriBuilder address = UriBuilder.of(PATH);
        if (!query.isBlank()) {
            address.queryParam("q", query.strip());
        }
        if (!category.isBlank()) {
            address.queryParam("category", category);
        }
        if (page > 1) {
            address.queryParam("page", page);
        }
        return address.build().toString();
    }
}
