package io.belfry.core.broadcast;

import java.util.Locale;

/// The life of a broadcast: draft → (scheduled →) sending ⇄ paused → sent or cancelled → perhaps recalled.
public enum BroadcastState {
    DRAFT,
    /// Let go, for a time that has not come.
    SCHEDULED,
    SENDING,
    PAUSED,
    SENT,
    CANCELLED,
    /// Taken back after it, or a part of it, went out.
    RECALLED;

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    static BroadcastState ofLabel(String label) {
        return valueOf(label.toUpperCase(Locale.ROOT));
    }
}
