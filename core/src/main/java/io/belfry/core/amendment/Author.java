package io.belfry.core.amendment;

import java.util.Optional;
import java.util.UUID;

/// Who amends.
///
/// @param name for people
/// @param apiKey amends what it sent itself; empty for operators, who amend all
public record Author(String name, Optional<UUID> apiKey) {
    public static Author operator(String name) {
        return new Author(name, Optional.empty());
    }
}
