package io.belfry.core.segment;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import java.time.Duration;

/// What segments may cost (`belfry.segments`).
///
/// @param max segments of the installation
/// @param maxPerEvent segments that one event names
/// @param maxScan users that are looked at for one page of recipients; a rule that few of them fit takes more pages
///     instead of holding up a lane
/// @param previewPatience how long the count of a preview may take
@ConfigurationProperties("belfry.segments")
public record SegmentSettings(
        @Bindable(defaultValue = "1000") @Min(1) @Max(10_000)
        int max,

        @Bindable(defaultValue = "10") @Min(1) @Max(100) int maxPerEvent,

        @Bindable(defaultValue = "20000") @Min(100) @Max(1_000_000)
        int maxScan,

        @Bindable(defaultValue = "5s") Duration previewPatience) {}
