package io.belfry.console.templates;

import io.belfry.console.Needs;
import io.belfry.console.Pages;
import io.belfry.console.Slice;
import io.belfry.console.Visit;
import io.belfry.core.access.Role;
import io.belfry.core.category.Categories;
import io.belfry.core.event.EventType;
import io.belfry.core.event.SeenTypes;
import io.belfry.core.template.ContentSettings;
import io.belfry.core.template.TemplateSummary;
import io.belfry.core.template.TemplateVersions;
import io.micronaut.http.HttpResponse;
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
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Lists templates, and begins new ones.
@Controller("/console")
@Secured(SecurityRule.IS_ANONYMOUS)
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
@Needs(Role.VIEWER)
final class TemplatesController {
    private static final String PATH = "/console/templates";
    private static final int PAGE = 50;

    private final Pages pages;
    private final TemplateVersions versions;
    private final Categories categories;
    private final SeenTypes seen;
    private final ContentSettings settings;

    TemplatesController(
            Pages pages, TemplateVersions versions, Categories categories, SeenTypes seen, ContentSettings settings) {
        this.pages = pages;
        this.versions = versions;
        this.categories = categories;
        this.seen = seen;
        this.settings = settings;
    }

    /// @param category its name
    record Line(TemplateSummary template, String category, List<String> locales) {}

    /// @param state `draft` for those with a draft that waits, `none` for those never published, else empty
    /// @param isEmpty whether there is no template at all
    record ListModel(String query, String state, Slice<Line> lines, boolean isEmpty) {}

    @Get("/templates")
    MutableHttpResponse<?> list(
            @QueryValue Optional<String> q,
            @QueryValue Optional<String> state,
            @QueryValue Optional<Integer> page,
            Visit visit) {
        String query = q.orElse("").strip();
        String wanted = state.orElse("");
        List<TemplateSummary> all = versions.list();
        List<Line> lines = all.stream()
                .filter(t -> t.type().toLowerCase(Locale.ROOT).contains(query.toLowerCase(Locale.ROOT)))
                .filter(t -> switch (wanted) {
                    case "draft" -> t.draft().isPresent();
                    case "none" -> t.published().isEmpty();
                    default -> true;
                })
                .map(t -> new Line(
                        t,
                        categories.ofType(t.type()).name(),
                        Language.ordered(t.locales(), settings.fallbackLocale())))
                .toList();
        return pages.show(
                visit,
                "templates/list",
                new ListModel(
                        query,
                        wanted,
                        Slice.of(lines, page, PAGE, number -> address(query, wanted, number)),
                        all.isEmpty()));
    }

    private static String address(String query, String state, int page) {
        UriBuilder address = UriBuilder.of(PATH);
        if (!query.isEmpty()) {
            address.queryParam("q", query);
        }
        if (!state.isEmpty()) {
            address.queryParam("state", state);
        }
        if (page > 1) {
            address.queryParam("page", page);
        }
        return address.build().toString();
    }

    /// @param wordless types that came lately and have no template
    /// @param problem with what was typed, or null
    record NewModel(String typed, List<SeenTypes.Seen> wordless, String problem) {}

    @Get("/new-template")
    @Needs(Role.EDITOR)
    MutableHttpResponse<?> fresh(@QueryValue Optional<String> type, Visit visit) {
        return pages.show(visit, "templates/new", new NewModel(type.orElse(""), wordless(), null));
    }

    private List<SeenTypes.Seen> wordless() {
        Set<String> worded = versions.list().stream().map(TemplateSummary::type).collect(Collectors.toSet());
        return seen.lately().types().values().stream()
                .filter(type -> !worded.contains(type.type()))
                .toList();
    }

    /// Leads to the editor; nothing is saved before something is written.
    @Post("/new-template")
    @Needs(Role.EDITOR)
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    MutableHttpResponse<?> begin(Visit visit) {
        String type = visit.form().text("type");
        return EventType.isValid(type)
                ? HttpResponse.seeOther(URI.create(PATH + "/" + type))
                : pages.refuse(
                        visit,
                        "templates/new",
                        new NewModel(type, wordless(), "A type is " + EventType.EXPECTED + ", as services send it."));
    }
}
