package io.belfry.core.broadcast;

import java.util.Locale;

/// The life of a broadcast: draft → sending ⇄ paused → sent or cancelled.
public enum BroadcastState {
    DRAFT,
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
