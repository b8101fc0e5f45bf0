package io.belfry.core.template;

/// What came of saving a draft.
public sealed interface DraftSaving {
    record Saved(TemplateVersion draft) implements DraftSaving {}

    /// Somebody else saved meanwhile; nothing was changed.
    record Outdated(TemplateVersion newest) implements DraftSaving {}
}
