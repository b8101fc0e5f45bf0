package io.belfry.console.eventtypes;

import io.belfry.core.category.Categories;
import io.belfry.core.category.Category;
import io.belfry.core.event.SeenTypes;
import io.belfry.core.schema.DataSchemas;
import io.belfry.core.template.TemplateSummary;
import io.belfry.core.template.TemplateVersions;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Every type of event that anything is known of: it has a category, or a template, or came lately. Thread-safe; blocks
/// on the database.
@Singleton
final class KnownTypes {
    private final Categories categories;
    private final TemplateVersions templates;
    private final SeenTypes seen;
    private final DataSchemas schemas;

    KnownTypes(Categories categories, TemplateVersions templates, SeenTypes seen, DataSchemas schemas) {
        this.categories = categories;
        this.templates = templates;
        this.seen = seen;
        this.schemas = schemas;
    }

    /// One type.
    ///
    /// @param isAssigned whether somebody put it into its category; else it is there by default
    /// @param events that came lately
    /// @param lastAt when the last one came; null when none did
    /// @param template null when it has none
    /// @param hasSchema whether its data must be of a form
    record Line(
            String type,
            Category category,
            boolean isAssigned,
            long events,
            Instant lastAt,
            TemplateSummary template,
            boolean hasSchema) {}

    record Found(List<Line> lines, Instant countedSince) {}

    /// @param query a part of the type, in any case
    /// @param category its id; empty for all
    Found search(String query, String category) {
        Map<String, String> assigned = categories.assignments();
        Map<String, TemplateSummary> worded =
                templates.list().stream().collect(Collectors.toMap(TemplateSummary::type, Function.identity()));
        SeenTypes.Lately lately = seen.lately();
        var all = new TreeSet<String>(assigned.keySet());
        all.addAll(worded.keySet());
        all.addAll(lately.types().keySet());
        String part = query.toLowerCase(Locale.ROOT);
        List<Line> lines = all.stream()
                .filter(type -> type.toLowerCase(Locale.ROOT).contains(part))
                .map(type -> line(type, assigned.containsKey(type), lately.of(type), worded.get(type)))
                .filter(line -> category.isEmpty() || line.category().id().equals(category))
                .toList();
        return new Found(lines, lately.since());
    }

    private Line line(String type, boolean isAssigned, Optional<SeenTypes.Seen> came, TemplateSummary template) {
        return new Line(
                type,
                categories.ofType(type),
                isAssigned,
                came.map(SeenTypes.Seen::events).orElse(0L),
                came.map(SeenTypes.Seen::lastAt).orElse(null),
                template,
                schemas.types().contains(type));
    }
}
