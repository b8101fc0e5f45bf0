package io.belfry.core.node;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.core.bind.annotation.Bindable;
import java.time.Duration;

/// How this process shows itself to the console (`belfry.node`).
///
/// @param name unique among the running nodes; by default the host's name and the process id
/// @param heartbeatEvery how often figures are written; a node is gone after five missed ones
/// @param historyLasts how long what all nodes did by the minute is kept in Redis
@ConfigurationProperties("belfry.node")
public record NodeSettings(
        @Nullable String name,
        @Bindable(defaultValue = "2s") Duration heartbeatEvery,
        @Bindable(defaultValue = "24h") Duration historyLasts) {}
