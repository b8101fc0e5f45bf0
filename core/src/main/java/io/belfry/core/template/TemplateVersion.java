package io.belfry.core.template;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// One version of a type's template. A draft has no `publishedAt`.
///
/// @param contents by locale (BCP 47)
/// @param live whether it is the one in use now
public record TemplateVersion(
        String type,
        int version,
        Map<String, TemplateContent> contents,
        String author,
        Instant createdAt,
        Optional<Instant> publishedAt,
        boolean live) {}
