package io.belfry.core.preference;

import io.belfry.core.category.Category;
import io.belfry.core.category.Medium;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What one user chose. Whatever they said nothing about is as the category has it. Immutable.
///
/// @param choices category -> medium -> wanted or not
/// @param mutedTopics a muted topic mutes those below it too: `team/7` also `team/7/deploys`
/// @param pausedUntil until then everything that may be muted comes in silence
public record Preferences(
        Map<String, Map<Medium, Boolean>> choices,
        Set<String> mutedTopics,
        Optional<Instant> pausedUntil,
        Optional<QuietHours> quietHours) {
    /// Of a user who chose nothing.
    public static final Preferences NONE = new Preferences(Map.of(), Set.of(), Optional.empty(), Optional.empty());

    public Preferences {
        choices = Map.copyOf(choices);
        mutedTopics = Set.copyOf(mutedTopics);
    }

    /// Whether the user wants this medium for this category, or the category has it on for who did not choose.
    public boolean wants(Category category, Medium medium) {
        Boolean chosen = choices.getOrDefault(category.id(), Map.of()).get(medium);
        return chosen == null ? !category.optIn().contains(medium) : chosen;
    }

    public boolean mutes(String topic) {
        if (mutedTopics.isEmpty()) {
            return false;
        }
        for (int end = topic.length(); end > 0; end = topic.lastIndexOf('/', end - 1)) {
            if (mutedTopics.contains(topic.substring(0, end))) {
                return true;
            }
        }
        return false;
    }
}
