package io.belfry.core.template;

/// What is wrong with a template.
///
/// @param part `title`, `body` or `link`
/// @param line from 1; 0 when unknown
public record TemplateProblem(String locale, String part, int line, int column, String message) {}
