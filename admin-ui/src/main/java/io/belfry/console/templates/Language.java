package io.belfry.console.templates;

import java.util.Collection;
import java.util.Comparator;
import java.util.IllformedLocaleException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// A language as operators see it. Immutable.
///
/// @param tag BCP 47, such as `de` or `pt-BR`
/// @param name in English
record Language(String tag, String name) {
    /// What the field that adds a language offers; any other tag works as well.
    static final List<Language> COMMON = Stream.of(
                    "ar", "bg", "cs", "da", "de", "el", "en", "en-GB", "es", "es-MX", "et", "fi", "fr", "fr-CA", "he",
                    "hi", "hr", "hu", "id", "it", "ja", "ko", "lt", "lv", "nb", "nl", "pl", "pt", "pt-BR", "ro", "ru",
                    "sk", "sl", "sv", "th", "tr", "uk", "vi", "zh", "zh-TW")
            .map(Language::of)
            .toList();

    /// Of the order in which PostgreSQL's jsonb keeps keys, on which depends who comes first where nothing else fits.
    private static final Comparator<String> STORED =
            Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder());

    static Language of(String tag) {
        return new Language(tag, Locale.forLanguageTag(tag).getDisplayName(Locale.ENGLISH));
    }

    /// Reads a typed tag into its canonical form; empty when it names no language.
    static Optional<Language> read(String typed) {
        try {
            Locale locale = new Locale.Builder()
                    .setLanguageTag(typed.strip().replace('_', '-'))
                    .build();
            boolean isKnown = !locale.getLanguage().isEmpty()
                    && !locale.getDisplayLanguage(Locale.ENGLISH).equals(locale.getLanguage());
            return isKnown ? Optional.of(of(locale.toLanguageTag())) : Optional.empty();
        } catch (IllformedLocaleException notATag) {
            return Optional.empty();
        }
    }

    /// Whether it is for one country or script only.
    boolean isRegional() {
        return tag.contains("-");
    }

    /// Who gets its words among those of a template.
    String readers(Collection<String> all, String fallback) {
        String own = isRegional()
                ? "Readers whose locale is " + tag + "."
                : "Readers of " + name + ", in any country"
                        + (all.stream().anyMatch(other -> other.startsWith(tag + "-"))
                                ? " that has no content of its own."
                                : ".");
        return tag.equals(fallbackOf(all, fallback)) ? own + " Also everybody whose language has no content." : own;
    }

    /// The language of those whose own has no content.
    static String fallbackOf(Collection<String> all, String fallback) {
        return all.isEmpty() || all.contains(fallback)
                ? fallback
                : all.stream().min(STORED).orElse(fallback);
    }

    /// The fallback first, then by tag.
    static List<String> ordered(Collection<String> tags, String fallback) {
        return tags.stream()
                .sorted(Comparator.comparing((String tag) -> !tag.equals(fallback))
                        .thenComparing(Comparator.naturalOrder()))
                .toList();
    }
}
