package io.belfry.core.template;

import io.belfry.core.broadcast.Content;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import liqp.Template;

/// The published version of one type's template, compiled. Thread-safe.
public final class PublishedTemplate {
    private static final Pattern USES_USER = Pattern.compile("\\{[{%][^}]*\\buser\\b");

    private final int version;
    private final Map<String, Compiled> locales = new LinkedHashMap<>();
    private final Map<String, String> names = new LinkedHashMap<>();
    private final boolean personal;

    /// @param contents by locale, not empty
    /// @throws RuntimeException when a content is not Liquid; what is published was checked
    public PublishedTemplate(int version, Map<String, TemplateContent> contents) {
        this.version = version;
        contents.forEach((locale, content) -> {
            locales.put(locale, Compiled.of(content));
            names.put(locale, locale);
        });
        this.personal = contents.values().stream()
                .anyMatch(
                        c -> USES_USER.matcher(c.title() + c.body() + c.link()).find());
    }

    public int version() {
        return version;
    }

    /// Whether what it renders depends on the reader, beyond their locale.
    public boolean isPersonal() {
        return personal;
    }

    /// The locale whose words such a reader gets: theirs, its language alone, the fallback, or else the first.
    public String localeFor(Optional<String> locale, String fallback) {
        return Content.bestOf(names, locale, fallback);
    }

    /// @param locale one of this template's, from [#localeFor]
    /// @param values `data`, `type`, `actor`, and `user` with `id` and `locale`
    /// @throws RuntimeException when a limit is passed or a filter fails on these values
    public Rendered render(String locale, Map<String, Object> values) {
        Compiled compiled = locales.get(locale);
        return compiled == null ? Rendered.NOTHING : compiled.render(values);
    }

    private record Compiled(Template title, Template body, Template link) {
        static Compiled of(TemplateContent content) {
            return new Compiled(
                    Liquid.compile(content.title()), Liquid.compile(content.body()), Liquid.compile(content.link()));
        }

        Rendered render(Map<String, Object> values) {
            return new Rendered(
                    Liquid.render(title, values),
                    Liquid.render(body, values),
                    Liquid.safeLink(Liquid.render(link, values)));
        }
    }
}
