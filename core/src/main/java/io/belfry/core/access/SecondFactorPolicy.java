package io.belfry.core.access;

/// Whether operators have to have a second factor.
public enum SecondFactorPolicy {
    /// Each as they like.
    OPTIONAL,
    /// Whoever has none can do nothing but set one up.
    REQUIRED
}
