package io.belfry.core.decision;

import java.util.Locale;

/// Why a medium was not used.
public enum SuppressionReason {
    /// The user has registered no device.
    NO_DEVICE,
    /// The category is never pushed.
    CATEGORY_NOT_PUSHED,
    /// A device proved that it had received it before the push was due.
    RECEIVED,
    /// The user had listed it before the push was due.
    SEEN,
    /// The user had opened it before the push was due.
    READ,
    /// It had become too old before it could be pushed.
    EXPIRED;

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
