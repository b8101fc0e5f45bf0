package io.belfry.core.template;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// One version of a type's template. A draft has no `publishedAt` and may change; a published version never does.
///
/// @param contents by locale (BCP 47)
/// @param author who saved it last
/// @param publishedAt when it was first put in use
/// @param live whether it is the one in use now
public record TemplateVersion(
        String type,
        int version,
        Revision revision,
        Map<String, TemplateContent> contents,
        String author,
        Instant savedAt,
        Optional<Instant> publishedAt,
        boolean live) {

    public boolean isDraft() {
        return publishedAt.isEmpty();
    }
}
