package io.belfry.core.decision;

import java.util.Locale;

/// Why a medium was not used.
public enum SuppressionReason {
    /// The user does not want this medium for this category.
    MUTED,
    /// The user muted the event's topic.
    TOPIC_MUTED,
    /// The user wants no disturbance for a while.
    PAUSED,
    /// The user has registered no device.
    NO_DEVICE,
    /// The category is never pushed.
    CATEGORY_NOT_PUSHED,
    /// There were too many of them lately.
    THROTTLED,
    /// The user got the same content not long ago.
    DUPLICATE,
    /// Quiet hours last longer than it is valid.
    QUIET_HOURS,
    /// A newer one with the same collapse key took its place.
    SUPERSEDED,
    /// It is told in a digest, with others.
    DIGESTED,
    /// Whoever sent it took it back.
    CANCELLED,
    /// An operator stopped it, and discarded what was held.
    STOPPED,
    /// It is a test, and the user is not on the list of those who may get tests.
    SANDBOXED,
    /// A device proved that it had received it before the push was due.
    RECEIVED,
    /// The user had listed it before the push was due.
    SEEN,
    /// The user had opened it before the push was due.
    READ,
    /// The user had put it into the archive before the push was due.
    ARCHIVED,
    /// The user wanted it later; it is pushed when it returns.
    SNOOZED,
    /// Whoever sent it took it out of the inbox.
    RECALLED,
    /// It had become too old before it could be delivered.
    EXPIRED;

    private final String label = name().toLowerCase(Locale.ROOT);

    public String label() {
        return label;
    }
}
