package io.belfry.core.decision;

import java.util.Optional;

/// A user to whom something is about to go.
///
/// @param isKnown whether there is such a user yet
public record Recipient(String id, boolean isKnown, Optional<String> locale, Circumstances.Person person) {}
