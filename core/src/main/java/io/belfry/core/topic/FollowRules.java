package io.belfry.core.topic;

import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Says what users may follow by themselves, as [TopicSettings#usersMayFollow] has it. Services may everything.
/// Thread-safe; does not block.
@Singleton
public final class FollowRules {
    private static final Pattern PLACE = Pattern.compile("\\{(id|claim:([A-Za-z0-9._-]+))}");

    private final List<String> rules;

    /// @throws IllegalArgumentException when a rule is none
    public FollowRules(TopicSettings settings) {
        this.rules = settings.usersMayFollow().stream()
                .filter(r -> !r.isBlank())
                .map(String::strip)
                .toList();
        rules.forEach(FollowRules::check);
    }

    private static void check(String rule) {
        if (!Topic.isFilter(PLACE.matcher(rule).replaceAll("x"))) {
            throw new IllegalArgumentException("belfry.topics.users-may-follow: " + rule
                    + " (expected: a filter such as user/{id}/# or team/{claim:teams}/#)");
        }
    }

    /// @param claims of the user's token, by name
    public boolean mayFollow(String user, Map<String, List<String>> claims, String filter) {
        return rules.stream()
                .flatMap(rule -> filled(rule, user, claims))
                .anyMatch(allowed -> Topic.covers(allowed, filter));
    }

    /// What a rule says for one user: nothing, one filter, or one for each text of a claim.
    private static Stream<String> filled(String rule, String user, Map<String, List<String>> claims) {
        Matcher place = PLACE.matcher(rule);
        if (!place.find()) {
            return Stream.of(rule);
        }
        boolean whole = place.group().equals(rule);
        Optional<String> claim = Optional.ofNullable(place.group(2));
        List<String> values =
                claim.map(name -> claims.getOrDefault(name, List.of())).orElse(List.of(user));
        return values.stream()
                // A value in a path must not reach beyond its level, whatever somebody got into a token.
                .filter(value -> whole && claim.isPresent() ? Topic.isFilter(value) : Topic.isLevel(value))
                .map(value -> rule.substring(0, place.start()) + value + rule.substring(place.end()))
                .flatMap(next -> whole ? Stream.of(next) : filled(next, user, claims));
    }
}
