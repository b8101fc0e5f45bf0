package io.belfry.core.template;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import liqp.Template;
import liqp.TemplateParser;
import liqp.parser.Flavor;

/// Compiles and renders Liquid. Templates see the values they are given and nothing else: no files, no Java objects;
/// loops and output are bounded. Thread-safe.
final class Liquid {
    private static final int MAX_ITERATIONS = 10_000;
    private static final int MAX_RENDERED_CHARACTERS = 20_000;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {};
    /// Anything but script and data addresses, and relative paths of the app itself.
    private static final Pattern SAFE_LINK =
            Pattern.compile("(?i)(?!javascript:|data:|vbscript:)([a-z][a-z0-9+.-]*:|/)\\S*");

    private static final Pattern UNSAFE_SCHEME = Pattern.compile("(?i)(javascript|data|vbscript):");

    private static final TemplateParser PARSER = new TemplateParser.Builder()
            .withFlavor(Flavor.LIQUID)
            .withMaxIterations(MAX_ITERATIONS)
            .withMaxSizeRenderedString(MAX_RENDERED_CHARACTERS)
            .withMaxTemplateSizeBytes(TemplateContent.MAX_LENGTH * 4L)
            .withNameResolver(name -> {
                throw new IOException("include is not available: " + name);
            })
            .build();

    private Liquid() {}

    /// @throws liqp.exceptions.LiquidException with line and column when it is not Liquid
    static Template compile(String source) {
        return PARSER.parse(source);
    }

    /// What is wrong with a source, or empty.
    static Optional<TemplateProblem> check(String locale, String part, String source) {
        if (source.length() > TemplateContent.MAX_LENGTH) {
            return Optional.of(new TemplateProblem(
                    locale,
                    part,
                    0,
                    0,
                    source.length() + " characters (expected: at most " + TemplateContent.MAX_LENGTH + ")"));
        }
        return LiquidSource.fault(source)
                .map(fault -> new TemplateProblem(locale, part, fault.line(), fault.column(), fault.message()));
    }

    /// What is wrong with the source of a link, or empty. Whether it is one is known only when it is rendered, but what
    /// no values can make one is told at once.
    static Optional<TemplateProblem> checkLink(String locale, String source) {
        boolean isFixed = !source.contains("{{") && !source.contains("{%");
        boolean isHopeless = isFixed && !source.isBlank() && safeLink(source.strip()) == null
                || UNSAFE_SCHEME.matcher(source.strip()).lookingAt();
        return isHopeless
                ? Optional.of(new TemplateProblem(
                        locale, "link", 0, 0, "not a link that apps may follow (expected: https://…, app:… or /path)"))
                : check(locale, "link", source);
    }

    static boolean hasFilter(String name) {
        return PARSER.filters.get(name) != null;
    }

    /// @return the text, trimmed, or null when nothing is left
    /// @throws RuntimeException when a limit is passed or a filter fails on these values
    static String render(Template template, Map<String, Object> values) {
        String text = template.renderUnguarded(values).strip();
        return text.isEmpty() ? null : text;
    }

    /// The address, or null when it is none that a client may follow.
    static String safeLink(String link) {
        return link != null && SAFE_LINK.matcher(link).matches() ? link : null;
    }

    static Map<String, Object> values(String jsonObject) {
        try {
            return JSON.readValue(jsonObject, OBJECT);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("event data in the log is not a JSON object", e);
        }
    }
}
