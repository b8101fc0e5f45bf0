package io.belfry.gateway;

import io.micronaut.context.annotation.EachProperty;
import io.micronaut.context.annotation.Parameter;
import io.micronaut.core.bind.annotation.Bindable;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;

/// What channels of one namespace are like (`belfry.gateway.namespaces.<name>`). A channel belongs to the namespace
/// that its name has before the first colon: `news:today` to `news`. Channels of no namespace do not exist.
///
/// @param subscribe who may subscribe
/// @param publish which clients may publish; services may always
/// @param historySize how many publications are kept for clients that come back; 0 for none: then what a client misses
///     is lost
/// @param historyLife how long they are kept, from the last publication on
@EachProperty("belfry.gateway.namespaces")
public record Namespace(
        @Parameter String name,
        @Bindable(defaultValue = "users") @NotNull Access subscribe,
        @Bindable(defaultValue = "nobody") @NotNull Access publish,
        @Bindable(defaultValue = "0") @Min(0) @Max(10_000) int historySize,

        @Bindable(defaultValue = "5m") @NotNull Duration historyLife) {

    /// Which clients may.
    public enum Access {
        NOBODY,
        /// Those who are subscribed.
        SUBSCRIBERS,
        /// Everyone with a token.
        USERS
    }

    boolean hasHistory() {
        return historySize > 0;
    }
}
