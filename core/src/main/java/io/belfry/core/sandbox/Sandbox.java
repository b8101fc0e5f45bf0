package io.belfry.core.sandbox;

import jakarta.inject.Singleton;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Keeps tests from people who are no testers. Immutable.
@Singleton
public final class Sandbox {
    private final Set<String> ids;
    private final List<String> beginnings;
    private final boolean holdsEverything;

    public Sandbox(SandboxSettings settings) {
        this.ids =
                settings.recipients().stream().filter(id -> !id.endsWith("*")).collect(Collectors.toUnmodifiableSet());
        this.beginnings = settings.recipients().stream()
                .filter(id -> id.endsWith("*"))
                .map(id -> id.substring(0, id.length() - 1))
                .toList();
        this.holdsEverything = settings.appliesTo() == SandboxSettings.Extent.ALL_EVENTS;
    }

    /// Whether a user is on the list of those who may get tests.
    public boolean admits(String user) {
        return ids.contains(user) || beginnings.stream().anyMatch(user::startsWith);
    }

    /// Whether everything here counts as a test, whatever it was sent with.
    public boolean holdsEverything() {
        return holdsEverything;
    }

    /// Those on the list by their whole ids.
    public Set<String> ids() {
        return ids;
    }

    /// What the ids of the others begin with.
    public List<String> beginnings() {
        return beginnings;
    }
}
