package io.belfry.console.broadcasts;

import io.belfry.core.broadcast.Content;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The words of a broadcast in one language as they are typed.
///
/// @param locale a BCP 47 tag, if it is right
/// @param link empty for none
record Words(String locale, String title, String body, String link) {
    /// Those that the form proposes; any other tag may be typed.
    static final List<String> PROPOSED = List.of(
            "ar", "cs", "da", "de", "el", "en", "es", "fi", "fr", "he", "hi", "hu", "id", "it", "ja", "ko", "nb", "nl",
            "pl", "pt", "pt-BR", "ro", "ru", "sv", "th", "tr", "uk", "vi", "zh-Hans", "zh-Hant");

    static Words blank(String locale) {
        return new Words(locale, "", "", "");
    }

    /// The fallback language first, the others by tag.
    static List<Words> of(Map<String, Content> contents, String fallback) {
        var words = new ArrayList<Words>();
        contents.forEach((locale, content) -> words.add(new Words(
                locale,
                content.title(),
                content.body(),
                Optional.ofNullable(content.link()).orElse(""))));
        words.sort(Comparator.comparing((Words w) -> !w.locale.equals(fallback)).thenComparing(Words::locale));
        return words;
    }

    Content content() {
        return new Content(title, body, link.isEmpty() ? null : link);
    }

    /// The tag in its usual form; empty when it is not one.
    static Optional<String> tag(String typed) {
        String tag = Locale.forLanguageTag(typed.strip().replace('_', '-')).toLanguageTag();
        return tag.equals("und") || !tag.equalsIgnoreCase(typed.strip().replace('_', '-'))
                ? Optional.empty()
                : Optional.of(tag);
    }

    /// The language's name in English; the tag where it has none.
    public String language() {
        return language(locale);
    }

    static String language(String tag) {
        return tag.isBlank() ? "New language" : Locale.forLanguageTag(tag).getDisplayName(Locale.ENGLISH);
    }

    public boolean isBlank() {
        return (title + body + link).isBlank();
    }
}
