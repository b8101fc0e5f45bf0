package io.belfry.core.event;

import java.util.Locale;
import java.util.UUID;

/// What came of taking an event back.
///
/// @param written notifications that are in inboxes, and stay there
/// @param withdrawn pushes that will not be sent
/// @param sent notifications for which a push had been tried already
public record Cancellation(UUID event, Extent extent, long written, long withdrawn, long sent) {
    /// How much of it could be taken back.
    public enum Extent {
        /// Nobody got anything, nor will.
        WHOLE,
        /// Some got it, others will not; or it is in inboxes and will not be pushed any more.
        PART,
        /// All of it was delivered before.
        NONE;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
