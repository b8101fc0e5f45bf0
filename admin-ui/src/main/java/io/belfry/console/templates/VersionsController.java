package io.belfry.console.templates;

import io.belfry.console.Acts;
import io.belfry.console.Flash;
import io.belfry.console.Needs;
import io.belfry.console.Pages;
import io.belfry.console.Visit;
import io.belfry.core.access.Role;
import io.belfry.core.template.Publication;
import io.belfry.core.template.Publishing;
import io.belfry.core.template.Revision;
import io.belfry.core.template.TemplateProblem;
import io.belfry.core.template.TemplateVersion;
import io.belfry.core.template.TemplateVersions;
import io.belfry.core.template.Templates;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.rules.SecurityRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Shows what was and is in use, and puts versions in use: a new one, or an older one again.
@Controller("/console/templates/{type}")
@Secured(SecurityRule.IS_ANONYMOUS)
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
@Needs(Role.VIEWER)
final class VersionsController {
    private static final int MAX_NOTE = 500;

    private final Pages pages;
    private final Editor editor;
    private final TemplateVersions versions;
    private final Templates templates;
    private final Acts acts;

    VersionsController(Pages pages, Editor editor, TemplateVersions versions, Templates templates, Acts acts) {
        this.pages = pages;
        this.editor = editor;
        this.versions = versions;
        this.templates = templates;
        this.acts = acts;
    }

    /// @param changes against the version before, in a line
    /// @param uses when it was in use, latest first
    record Entry(TemplateVersion version, String changes, List<Publication> uses) {}

    record HistoryModel(String type, List<Entry> entries) {}

    @Get("/history")
    MutableHttpResponse<?> history(String type, Visit visit) {
        List<TemplateVersion> all = versions.of(type);
        if (all.isEmpty()) {
            return pages.notFound(visit, "template");
        }
        List<Publication> publications = versions.publications(type);
        var entries = new ArrayList<Entry>();
        for (int i = 0; i < all.size(); i++) {
            TemplateVersion version = all.get(i);
            entries.add(new Entry(
                    version,
                    i + 1 < all.size()
                            ? Comparison.of(all.get(i + 1).contents(), version.contents())
                                    .summary()
                            : "the first version",
                    publications.stream()
                            .filter(p -> p.version() == version.version())
                            .toList()));
        }
        return pages.show(visit, "templates/history", new HistoryModel(type, entries));
    }

    /// @param against the version to compare with; empty for the one before
    @Get("/versions/{version}")
    MutableHttpResponse<?> version(String type, int version, @QueryValue Optional<Integer> against, Visit visit) {
        Optional<TemplateVersion> before =
                against.or(() -> Optional.of(version - 1)).flatMap(v -> versions.find(type, v));
        return versions.find(type, version)
                .<MutableHttpResponse<?>>map(found ->
                        pages.show(visit, "templates/version", editor.reading(found, before.orElse(null), visit)))
                .orElseGet(() -> pages.notFound(visit, "version"));
    }

    /// What will change when a version is put in use.
    ///
    /// @param live null when nothing is
    /// @param problems that keep it from being published
    /// @param trouble with the last try, or null
    record ReviewModel(
            String type,
            TemplateVersion version,
            TemplateVersion live,
            Comparison changes,
            List<TemplateProblem> problems,
            String note,
            String trouble) {
        public boolean isRollback() {
            return live != null && version.version() < live.version();
        }
    }

    /// Asks before a version is put in use.
    @Get("/publish")
    @Needs(Role.EDITOR)
    MutableHttpResponse<?> review(String type, @QueryValue int version, Visit visit) {
        return versions.find(type, version)
                .<MutableHttpResponse<?>>map(found -> pages.show(visit, "templates/review", review(found, "", null)))
                .orElseGet(() -> pages.notFound(visit, "version"));
    }

    private ReviewModel review(TemplateVersion version, String note, String trouble) {
        Optional<TemplateVersion> live = versions.live(version.type());
        return new ReviewModel(
                version.type(),
                version,
                live.orElse(null),
                Comparison.of(live.map(TemplateVersion::contents).orElse(Map.of()), version.contents()),
                templates.check(version.contents()),
                note,
                trouble);
    }

    @Post("/publish")
    @Needs(Role.EDITOR)
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    MutableHttpResponse<?> publish(String type, Visit visit) {
        int version = number(visit, "version").orElse(0L).intValue();
        Optional<TemplateVersion> found = versions.find(type, version);
        if (found.isEmpty()) {
            return pages.notFound(visit, "version");
        }
        String note = visit.form().text("note");
        if (note.length() > MAX_NOTE) {
            return pages.refuse(
                    visit,
                    "templates/review",
                    review(found.get(), note, "The note has more than " + MAX_NOTE + " characters."));
        }
        var choice = new TemplateVersions.Choice(
                type,
                version,
                new Revision(number(visit, "revision").orElse(0L)),
                number(visit, "replaces").map(Long::intValue));
        return switch (versions.publish(choice, visit.operator().email(), note)) {
            case Publishing.Published(TemplateVersion live) -> published(visit, live, choice.replaces(), note);
            case Publishing.Missing missing -> pages.notFound(visit, "version");
            case Publishing.Faulty faulty -> pages.refuse(visit, "templates/review", review(found.get(), note, null));
            case Publishing.Outdated outdated ->
                pages.refuse(
                        visit,
                        "templates/review",
                        review(
                                found.get(),
                                note,
                                "Nothing was published: somebody saved or published while you were looking. Below is how"
                                        + " it is now; look again before you go on."));
        };
    }

    private MutableHttpResponse<?> published(
            Visit visit, TemplateVersion live, Optional<Integer> replaced, String note) {
        boolean isRollback = replaced.filter(before -> before > live.version()).isPresent();
        acts.record(
                visit,
                isRollback ? "template.rollback" : "template.publish",
                live.type(),
                Map.of(
                        "version", String.valueOf(live.version()),
                        "replaces", replaced.map(String::valueOf).orElse("nothing"),
                        "note", note));
        return pages.go(
                visit,
                "/console/templates/" + live.type() + "/history",
                Flash.done("Version " + live.version() + " is in use now, on all nodes."));
    }

    private static Optional<Long> number(Visit visit, String field) {
        return visit.form()
                .find(field)
                .filter(text -> text.matches("\\d{1,18}"))
                .map(Long::valueOf);
    }
}
