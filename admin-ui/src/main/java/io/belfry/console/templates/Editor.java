package io.belfry.console.templates;

import io.belfry.console.Visit;
import io.belfry.core.access.Role;
import io.belfry.core.category.Categories;
import io.belfry.core.category.Category;
import io.belfry.core.event.SeenTypes;
import io.belfry.core.template.ContentSettings;
import io.belfry.core.template.Revision;
import io.belfry.core.template.Sample;
import io.belfry.core.template.TemplateContent;
import io.belfry.core.template.TemplateProblem;
import io.belfry.core.template.TemplateVersion;
import io.belfry.core.template.TemplateVersions;
import io.belfry.core.template.Templates;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Puts together what the editor's page shows. Thread-safe; blocks on the database.
@Singleton
final class Editor {
    private final TemplateVersions versions;
    private final Templates templates;
    private final Categories categories;
    private final SeenTypes seen;
    private final ContentSettings settings;

    Editor(
            TemplateVersions versions,
            Templates templates,
            Categories categories,
            SeenTypes seen,
            ContentSettings settings) {
        this.versions = versions;
        this.templates = templates;
        this.categories = categories;
        this.seen = seen;
        this.settings = settings;
    }

    /// One language.
    ///
    /// @param readers who gets its words
    /// @param problems that keep it from being published, each with its part
    record Tab(Language language, String readers, TemplateContent content, List<TemplateProblem> problems) {
        public TemplateProblem problemOf(String part) {
            return problems.stream()
                    .filter(p -> p.part().equals(part))
                    .findFirst()
                    .orElse(null);
        }
    }

    /// Where the sample comes from.
    ///
    /// @param event its id; null when it was made up or typed
    record Origin(String text, Instant at, String event) {}

    /// Somebody else saved while this operator was typing.
    ///
    /// @param changes from theirs to what was typed here
    record Conflict(TemplateVersion theirs, Comparison changes) {}

    /// @param live null when nothing is published
    /// @param draft null when none waits
    /// @param active the tag of the language that is shown
    /// @param noFallback the language that stands in for a missing fallback, or null
    /// @param variables what can be inserted
    /// @param conflict or null
    /// @param problem with the last act, or null
    record Model(
            String type,
            Category category,
            TemplateVersion live,
            TemplateVersion draft,
            List<Tab> tabs,
            String active,
            String fallback,
            Language noFallback,
            long revision,
            String sample,
            Origin origin,
            List<String> variables,
            Preview preview,
            List<Language> offered,
            Conflict conflict,
            String problem) {

        public boolean mayPublish() {
            return tabs.stream().allMatch(tab -> tab.problems().isEmpty()) && !tabs.isEmpty();
        }
    }

    /// The form of a template as it is, or an empty one in the fallback language.
    ///
    /// @param from the version whose words are taken; empty for the newest
    TemplateForm open(String type, Optional<Integer> from, Optional<String> locale) {
        Optional<TemplateVersion> newest = versions.newest(type);
        Optional<TemplateVersion> source =
                from.flatMap(version -> versions.find(type, version)).or(() -> newest);
        Map<String, TemplateContent> contents = source.map(TemplateVersion::contents)
                .orElseGet(() -> Map.of(settings.fallbackLocale(), new TemplateContent("", "", "")));
        TemplateForm form = new TemplateForm(
                        contents, "", newest.map(TemplateVersion::revision).orElse(Revision.NONE), "")
                .ordered(settings.fallbackLocale());
        String first = form.contents().keySet().iterator().next();
        return form.showing(locale.filter(contents::containsKey).orElse(first));
    }

    /// @param isFresh whether the page was just opened: a blank language is then no fault yet
    Model model(String type, TemplateForm form, boolean isFresh, Conflict conflict, String problem) {
        List<TemplateVersion> all = versions.of(type);
        Category category = categories.ofType(type);
        Optional<SeenTypes.Example> latest = form.sample().isEmpty() ? seen.latest(type) : Optional.empty();
        String sample = form.sample().isEmpty()
                ? latest.map(example -> new Sample(example.data()).pretty())
                        .orElseGet(() -> Sample.madeUp(form.contents().values()).pretty())
                : form.sample();
        String fallbackNow = Language.fallbackOf(form.contents().keySet(), settings.fallbackLocale());
        return new Model(
                type,
                category,
                all.stream().filter(TemplateVersion::live).findFirst().orElse(null),
                all.stream().findFirst().filter(TemplateVersion::isDraft).orElse(null),
                tabs(form, isFresh && all.isEmpty()),
                form.shown().map(Map.Entry::getKey).orElse(""),
                settings.fallbackLocale(),
                fallbackNow.equals(settings.fallbackLocale()) ? null : Language.of(fallbackNow),
                form.seen().number(),
                sample,
                origin(form, latest),
                variables(sample),
                preview(type, form, sample),
                Language.COMMON,
                conflict,
                problem);
    }

    private List<Tab> tabs(TemplateForm form, boolean isUntouched) {
        List<TemplateProblem> problems = isUntouched ? List.of() : templates.check(form.contents());
        return form.contents().entrySet().stream()
                .map(entry -> new Tab(
                        Language.of(entry.getKey()),
                        Language.of(entry.getKey()).readers(form.contents().keySet(), settings.fallbackLocale()),
                        entry.getValue(),
                        problems.stream()
                                .filter(p -> p.locale().equals(entry.getKey()))
                                .toList()))
                .toList();
    }

    private static Origin origin(TemplateForm form, Optional<SeenTypes.Example> latest) {
        if (!form.sample().isEmpty()) {
            return new Origin("As it stood on this page.", null, null);
        }
        return latest.map(example -> new Origin(
                        "The latest event of this type, from",
                        example.acceptedAt(),
                        example.eventId().toString()))
                .orElseGet(() -> new Origin(
                        "No event of this type came lately. This was made up from what the template looks up.",
                        null,
                        null));
    }

    private static List<String> variables(String sample) {
        var variables = new ArrayList<String>();
        if (Sample.read(sample) instanceof Sample.Reading.Read(Sample read)) {
            variables.addAll(read.paths());
        }
        variables.addAll(List.of("user.id", "user.locale", "actor", "type"));
        return variables;
    }

    /// What the language that is shown makes of the sample; null when there is no language.
    Preview preview(String type, TemplateForm form, String sample) {
        Category category = categories.ofType(type);
        return form.shown()
                .map(shown -> switch (Sample.read(sample)) {
                    case Sample.Reading.Read(Sample read) ->
                        Preview.of(type, shown.getKey(), shown.getValue(), read, category);
                    case Sample.Reading.Refused refused -> Preview.ofNothing(shown.getKey(), refused, category);
                })
                .orElse(null);
    }

    /// Contents as they are, one preview a language, for those who may only look.
    ///
    /// @param changes against the version before, or null
    record Reading(
            String type,
            Category category,
            TemplateVersion version,
            TemplateVersion live,
            TemplateVersion draft,
            List<Tab> tabs,
            List<Preview> previews,
            TemplateVersion before,
            Comparison changes) {}

    /// @param before the version to compare with, or null
    Reading reading(TemplateVersion version, TemplateVersion before, Visit visit) {
        List<TemplateVersion> all = versions.of(version.type());
        Category category = categories.ofType(version.type());
        TemplateForm form =
                new TemplateForm(version.contents(), "", version.revision(), "").ordered(settings.fallbackLocale());
        // What services sent is for editors; the others see a sample that was made up.
        Sample sample = Optional.of(version.type())
                .filter(type -> visit.may(Role.EDITOR))
                .flatMap(seen::latest)
                .map(example -> new Sample(example.data()))
                .orElseGet(() -> Sample.madeUp(version.contents().values()));
        return new Reading(
                version.type(),
                category,
                version,
                all.stream().filter(TemplateVersion::live).findFirst().orElse(null),
                all.stream().findFirst().filter(TemplateVersion::isDraft).orElse(null),
                tabs(form, false),
                form.contents().entrySet().stream()
                        .map(e -> Preview.of(version.type(), e.getKey(), e.getValue(), sample, category))
                        .toList(),
                before,
                before == null ? null : Comparison.of(before.contents(), version.contents()));
    }
}
