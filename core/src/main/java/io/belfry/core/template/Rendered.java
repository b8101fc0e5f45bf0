package io.belfry.core.template;

/// A template's words for one reader. A part that renders to nothing is null.
public record Rendered(String title, String body, String link) {
    public static final Rendered NOTHING = new Rendered(null, null, null);
}
