package io.belfry.core.template;

import java.util.List;

/// What came of putting a version in use.
public sealed interface Publishing {
    record Published(TemplateVersion version) implements Publishing {}

    /// The version, or the one in use, is not the one that was looked at any more; nothing was changed.
    record Outdated() implements Publishing {}

    record Faulty(List<TemplateProblem> problems) implements Publishing {}

    record Missing() implements Publishing {}
}
