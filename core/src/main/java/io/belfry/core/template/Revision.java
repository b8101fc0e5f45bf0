package io.belfry.core.template;

/// A state of a template's newest version. Each saving makes a new one, larger than all before, so that it tells
/// whether a template still is as somebody saw it.
public record Revision(long number) {
    /// Of a template that does not exist yet.
    public static final Revision NONE = new Revision(0);
}
