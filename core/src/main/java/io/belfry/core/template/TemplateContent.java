package io.belfry.core.template;

/// The words of a template in one locale, as Liquid. A blank part renders to nothing.
///
/// @param link where a tap leads; rendered to an address, of which only http, https and app links (`scheme:…` without
///     script) are kept
public record TemplateContent(String title, String body, String link) {
    public static final int MAX_LENGTH = 10_000;

    public TemplateContent {
        title = title == null ? "" : title;
        body = body == null ? "" : body;
        link = link == null ? "" : link;
    }
}
