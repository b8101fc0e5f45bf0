package io.belfry.core.broadcast;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import jakarta.validation.constraints.Min;
import java.time.Duration;

/// How broadcasts are let go (`belfry.broadcasts.release`). The same for consoles and dispatchers.
///
/// @param approvalAbove more people than this, and a second operator has to approve it
/// @param undoWindow how long nothing of it leaves after an operator let it go, so that they can take it back
@ConfigurationProperties("belfry.broadcasts.release")
public record ReleaseSettings(
        @Bindable(defaultValue = "100000") @Min(0) long approvalAbove,
        @Bindable(defaultValue = "5s") Duration undoWindow) {}
