package io.belfry.console.templates;

import io.belfry.console.Form;
import io.belfry.core.template.Revision;
import io.belfry.core.template.TemplateContent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A template as its editor's page posts it. Immutable.
///
/// @param contents by locale, in the order of the page
/// @param active the locale that is shown
/// @param seen the revision that the page was made of
/// @param sample JSON as typed
record TemplateForm(Map<String, TemplateContent> contents, String active, Revision seen, String sample) {
    static TemplateForm read(Form form) {
        var contents = new LinkedHashMap<String, TemplateContent>();
        for (String tag : form.all("locale")) {
            Language.read(tag)
                    .map(Language::tag)
                    .filter(tag::equals)
                    .ifPresent(known -> contents.put(
                            known,
                            new TemplateContent(
                                    form.text("title." + known),
                                    form.text("body." + known),
                                    form.text("link." + known))));
        }
        return new TemplateForm(
                contents, form.text("active"), new Revision(number(form.text("revision"))), form.raw("sample"));
    }

    private static long number(String text) {
        return text.matches("\\d{1,18}") ? Long.parseLong(text) : Revision.NONE.number();
    }

    /// The content that is shown, if there is any.
    Optional<Map.Entry<String, TemplateContent>> shown() {
        return contents.entrySet().stream()
                .filter(entry -> entry.getKey().equals(active))
                .findFirst()
                .or(() -> contents.entrySet().stream().findFirst());
    }

    /// With another language, which begins with the words of the first.
    TemplateForm with(String locale) {
        var more = new LinkedHashMap<>(contents);
        more.putIfAbsent(
                locale, contents.values().stream().findFirst().orElseGet(() -> new TemplateContent("", "", "")));
        return new TemplateForm(more, locale, seen, sample);
    }

    TemplateForm without(String locale) {
        var fewer = new LinkedHashMap<>(contents);
        fewer.remove(locale);
        return new TemplateForm(fewer, fewer.keySet().stream().findFirst().orElse(""), seen, sample);
    }

    TemplateForm over(Revision newest) {
        return new TemplateForm(contents, active, newest, sample);
    }

    TemplateForm showing(String locale) {
        return new TemplateForm(contents, locale, seen, sample);
    }

    /// The order of pages: the fallback first.
    TemplateForm ordered(String fallback) {
        var sorted = new LinkedHashMap<String, TemplateContent>();
        List<String> tags = Language.ordered(contents.keySet(), fallback);
        tags.forEach(tag -> sorted.put(tag, contents.get(tag)));
        return new TemplateForm(sorted, active, seen, sample);
    }
}
