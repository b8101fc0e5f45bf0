package io.belfry.core.template;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What a content makes of a sample, before it is saved.
///
/// @param rendered what compiles and works; parts that do not are null
/// @param problems what does not
/// @param missing values that it looks up and that the sample has not; they render to nothing
/// @param refusedLink where a tap would lead but must not; null when the link is fine
public record Trial(Rendered rendered, List<TemplateProblem> problems, List<String> missing, String refusedLink) {

    /// Renders a content as the dispatcher would for such a reader.
    ///
    /// @param reader a user id
    public static Trial of(String type, String locale, TemplateContent content, Sample sample, String reader) {
        var values = new HashMap<String, Object>();
        values.put("data", Liquid.values(sample.json()));
        values.put("type", type);
        values.put("actor", "[actor]");
        values.put("user", Map.of("id", reader, "locale", locale));
        var problems = new ArrayList<TemplateProblem>();
        String title = part(locale, "title", content.title(), values, problems);
        String body = part(locale, "body", content.body(), values, problems);
        String link = part(locale, "link", content.link(), values, problems);
        String safe = Liquid.safeLink(link);
        return new Trial(
                new Rendered(title, body, safe),
                List.copyOf(problems),
                sample.missing(List.of(content)),
                link == null || safe != null ? null : link);
    }

    private static String part(
            String locale, String part, String source, Map<String, Object> values, List<TemplateProblem> problems) {
        var wrong = Liquid.check(locale, part, source);
        if (wrong.isPresent()) {
            problems.add(wrong.get());
            return null;
        }
        try {
            return Liquid.render(Liquid.compile(source), values);
        } catch (RuntimeException e) {
            LiquidSource.Fault fault = LiquidSource.faultOfRendering(e);
            problems.add(new TemplateProblem(locale, part, fault.line(), fault.column(), fault.message()));
            return null;
        }
    }
}
