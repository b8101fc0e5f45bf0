package io.belfry.core.broadcast;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The words of a broadcast in one locale, plain text.
///
/// @param body may be empty
/// @param link where a tap leads, or null
public record Content(String title, String body, String link) {

    /// The content for a reader: their locale, its language alone, the fallback locale, or else any.
    ///
    /// @param contents by BCP 47 tag, not empty
    public static <T> T bestOf(Map<String, T> contents, Optional<String> locale, String fallback) {
        return locale.map(contents::get)
                .or(() -> locale.map(
                        tag -> contents.get(Locale.forLanguageTag(tag).getLanguage())))
                .or(() -> Optional.ofNullable(contents.get(fallback)))
                .orElseGet(() -> contents.values().iterator().next());
    }
}
