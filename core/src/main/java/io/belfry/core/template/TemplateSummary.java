package io.belfry.core.template;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// One line of the list of templates.
///
/// @param draft the version that waits to be published, if one is newer than all published ones
/// @param locales those of the newest version
/// @param author who saved the newest version
/// @param savedAt when
public record TemplateSummary(
        String type,
        Optional<Integer> published,
        Optional<Integer> draft,
        List<String> locales,
        String author,
        Instant savedAt) {}
