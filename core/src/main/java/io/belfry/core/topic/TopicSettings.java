package io.belfry.core.topic;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import jakarta.validation.constraints.Min;
import java.util.List;

/// Who may follow what (`belfry.topics`).
///
/// @param usersMayFollow filters that users may follow by themselves, and whatever these cover; none by default, so
///     that only services decide who follows. `{id}` is the user's id, `{claim:teams}` each text of the claim `teams`
///     of the user's token: `user/{id}/#`, `team/{claim:teams}/#`. A rule that is a claim alone, `{claim:topics}`,
///     takes its texts for filters
/// @param maxPerUser filters that one user follows
/// @param maxChange filters, or users, in one request
@ConfigurationProperties("belfry.topics")
public record TopicSettings(
        @Bindable(defaultValue = "") List<String> usersMayFollow,
        @Bindable(defaultValue = "1000") @Min(1) int maxPerUser,
        @Bindable(defaultValue = "1000") @Min(1) int maxChange) {}
