package io.belfry.core.access;

import java.util.Locale;
import java.util.Optional;

/// What an operator may do in the console. Each role may do all that the ones before it may.
public enum Role {
    /// Looks, but sees no payloads and changes nothing.
    VIEWER,
    /// Sees payloads, edits and publishes templates, edits categories.
    EDITOR,
    /// Sends broadcasts.
    BROADCASTER,
    /// Manages API keys and operators, reads the audit log.
    ADMIN;

    /// The name in the database and in the console.
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// Whether someone of this role may do what needs the other.
    public boolean includes(Role needed) {
        return compareTo(needed) >= 0;
    }

    public static Optional<Role> ofLabel(String label) {
        for (Role role : values()) {
            if (role.label().equals(label)) {
                return Optional.of(role);
            }
        }
        return Optional.empty();
    }
}
