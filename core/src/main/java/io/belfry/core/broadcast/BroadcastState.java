package io.belfry.core.broadcast;

import java.util.Locale;

/// The life of a broadcast: draft → (scheduled →) sending ⇄ paused → sent or cancelled.
public enum BroadcastState {
    DRAFT,
    /// Let go, for a time that has not come.
    SCHEDULED,
    SENDING,
    PAUSED,
    SENT,
    CANCELLED;

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    static BroadcastState ofLabel(String label) {
        return valueOf(label.toUpperCase(Locale.ROOT));
    }
}
