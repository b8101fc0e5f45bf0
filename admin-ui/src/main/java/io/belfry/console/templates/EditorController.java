package io.belfry.console.templates;

import io.belfry.console.Acts;
import io.belfry.console.Flash;
import io.belfry.console.Needs;
import io.belfry.console.Pages;
import io.belfry.console.Question;
import io.belfry.console.Visit;
import io.belfry.core.access.Role;
import io.belfry.core.event.EventType;
import io.belfry.core.template.DraftSaving;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Writes the draft of a template. Whoever may only look sees the newest version.
@Controller("/console/templates/{type}")
@Secured(SecurityRule.IS_ANONYMOUS)
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
@Needs(Role.EDITOR)
final class EditorController {
    private static final String VIEW = "templates/editor";
    private static final String SECTION = "templates";

    private final Pages pages;
    private final Editor editor;
    private final TemplateVersions versions;
    private final Templates templates;
    private final Acts acts;

    EditorController(Pages pages, Editor editor, TemplateVersions versions, Templates templates, Acts acts) {
        this.pages = pages;
        this.editor = editor;
        this.versions = versions;
        this.templates = templates;
        this.acts = acts;
    }

    /// @param from a version whose words the editor begins with
    /// @param locale the language to show
    @Get
    @Needs(Role.VIEWER)
    MutableHttpResponse<?> open(
            String type, @QueryValue Optional<Integer> from, @QueryValue Optional<String> locale, Visit visit) {
        Optional<TemplateVersion> newest = versions.newest(type);
        if (!visit.may(Role.EDITOR)) {
            return newest.<MutableHttpResponse<?>>map(
                            version -> pages.show(visit, "templates/version", editor.reading(version, null, visit)))
                    .orElseGet(() -> pages.notFound(visit, "template"));
        }
        if (!EventType.isValid(type)) {
            return pages.notFound(visit, "template");
        }
        return pages.show(visit, VIEW, editor.model(type, editor.open(type, from, locale), from.isEmpty(), null, null));
    }

    /// Adds or removes a language on the page; nothing is saved.
    @Post("/edit")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    MutableHttpResponse<?> edit(String type, Visit visit) {
        TemplateForm form = TemplateForm.read(visit.form());
        Optional<String> removed = visit.form().find("remove");
        if (removed.isPresent()) {
            return again(visit, type, form.without(removed.get()), null);
        }
        if (!visit.form().isTicked("add")) {
            return again(visit, type, form, null);
        }
        String typed = visit.form().text("language");
        Optional<Language> language = Language.read(typed);
        if (language.isEmpty()) {
            return again(
                    visit,
                    type,
                    form,
                    "“" + typed + "” names no language (expected: a tag such as de, pt-BR or zh-TW).");
        }
        return again(visit, type, form.with(language.get().tag()), null);
    }

    private MutableHttpResponse<?> again(Visit visit, String type, TemplateForm form, String problem) {
        Editor.Model model = editor.model(type, form, false, null, problem);
        return problem == null ? pages.show(visit, VIEW, model) : pages.refuse(visit, VIEW, model);
    }

    /// @param preview null when there is no language
    record PreviewModel(Preview preview) {}

    /// What the language that is shown looks like, while it is typed.
    @Post("/preview")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    MutableHttpResponse<?> preview(String type, Visit visit) {
        TemplateForm form = TemplateForm.read(visit.form());
        return pages.show(
                visit, "templates/preview :: live", new PreviewModel(editor.preview(type, form, form.sample())));
    }

    /// Saves, with `then=publish` to go on to publishing.
    @Post("/draft")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    MutableHttpResponse<?> save(String type, Visit visit) {
        TemplateForm form = TemplateForm.read(visit.form());
        if (!EventType.isValid(type)) {
            return pages.notFound(visit, "template");
        }
        if (form.contents().isEmpty()) {
            return again(visit, type, form, "A template needs at least one language.");
        }
        Optional<TemplateProblem> tooMuch = templates.tooMuch(form.contents());
        if (tooMuch.isPresent()) {
            return again(visit, type, form, "Not saved: " + tooMuch.get().message() + ".");
        }
        String author = visit.operator().email();
        return switch (versions.saveDraft(type, form.contents(), author, form.seen())) {
            case DraftSaving.Saved(TemplateVersion draft) -> saved(visit, form, draft);
            case DraftSaving.Outdated(TemplateVersion newest) -> outdated(visit, form, newest);
        };
    }

    private MutableHttpResponse<?> saved(Visit visit, TemplateForm form, TemplateVersion draft) {
        acts.record(
                visit,
                "template.save",
                draft.type(),
                Map.of(
                        "version",
                        String.valueOf(draft.version()),
                        "languages",
                        String.join(", ", draft.contents().keySet())));
        if (visit.form().text("then").equals("publish")) {
            return pages.go(
                    visit,
                    "/console/templates/" + draft.type() + "/publish?version=" + draft.version(),
                    Flash.done("The draft was saved."));
        }
        return pages.go(
                visit,
                "/console/templates/" + draft.type() + "?locale="
                        + form.shown().map(Map.Entry::getKey).orElse(""),
                Flash.done("Version " + draft.version()
                        + " was saved as a draft. Nobody gets it before it is published."));
    }

    private MutableHttpResponse<?> outdated(Visit visit, TemplateForm form, TemplateVersion newest) {
        return pages.refuse(
                visit,
                VIEW,
                editor.model(
                        newest.type(),
                        form.over(newest.revision()),
                        false,
                        new Editor.Conflict(newest, Comparison.of(newest.contents(), form.contents())),
                        null));
    }

    @Get("/discard")
    MutableHttpResponse<?> askDiscard(String type, Visit visit) {
        return versions.newest(type)
                .filter(TemplateVersion::isDraft)
                .<MutableHttpResponse<?>>map(draft -> pages.ask(
                        visit,
                        SECTION,
                        Question.danger(
                                "Discard the draft of " + type + "?",
                                List.of(
                                        "Version " + draft.version() + ", saved by " + draft.author()
                                                + ", is thrown away and cannot be brought back.",
                                        "What is published stays in use."),
                                "/console/templates/" + type + "/discard?revision="
                                        + draft.revision().number(),
                                "Discard draft",
                                "/console/templates/" + type)))
                .orElseGet(() -> pages.notFound(visit, "draft"));
    }

    @Post("/discard")
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    MutableHttpResponse<?> discard(String type, @QueryValue Optional<Long> revision, Visit visit) {
        Optional<TemplateVersion> draft = versions.newest(type)
                .filter(TemplateVersion::isDraft)
                .filter(version ->
                        revision.equals(Optional.of(version.revision().number())));
        if (draft.isEmpty() || !versions.discardDraft(type, draft.get().revision())) {
            return pages.go(
                    visit,
                    "/console/templates/" + type,
                    Flash.failed(
                            "Nothing was discarded: somebody saved or published meanwhile. This is how it is now."));
        }
        acts.record(
                visit,
                "template.discard",
                type,
                Map.of("version", String.valueOf(draft.get().version())));
        String next = versions.newest(type).isPresent() ? "/console/templates/" + type : "/console/templates";
        return pages.go(visit, next, Flash.done("The draft of " + type + " was discarded."));
    }
}
