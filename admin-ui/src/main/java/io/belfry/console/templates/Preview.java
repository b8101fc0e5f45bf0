package io.belfry.console.templates;

import io.belfry.core.category.Category;
import io.belfry.core.template.Rendered;
import io.belfry.core.template.Sample;
import io.belfry.core.template.TemplateContent;
import io.belfry.core.template.TemplateProblem;
import io.belfry.core.template.Trial;
import java.util.List;

/// How a content looks in an app and on phones.
///
/// @param problems what keeps it from looking like anything; each with its part and line
/// @param missing values that the sample has not
/// @param refusedLink where a tap would lead and must not; null when there is none
/// @param sampleProblem what is wrong with the sample, or null
/// @param isPushed whether its category is pushed to phones at all
record Preview(
        Language language,
        Rendered rendered,
        List<TemplateProblem> problems,
        List<String> missing,
        String refusedLink,
        String sampleProblem,
        boolean isPushed) {
    /// What a phone's lock screen shows of a title in one line, about.
    private static final int PHONE_TITLE = 50;

    /// A user who does not exist.
    private static final String READER = "sample-reader";

    static Preview of(String type, String locale, TemplateContent content, Sample sample, Category category) {
        Trial trial = Trial.of(type, locale, content, sample, READER);
        return new Preview(
                Language.of(locale),
                trial.rendered(),
                trial.problems(),
                trial.missing(),
                trial.refusedLink(),
                null,
                category.push());
    }

    /// Of a sample that cannot be read.
    static Preview ofNothing(String locale, Sample.Reading.Refused refused, Category category) {
        return new Preview(
                Language.of(locale),
                Rendered.NOTHING,
                List.of(),
                List.of(),
                null,
                (refused.line() > 0 ? "Line " + refused.line() + ": " : "") + refused.message(),
                category.push());
    }

    public boolean isLong() {
        return rendered.title() != null && rendered.title().length() > PHONE_TITLE;
    }
}
