package io.belfry.core.category;

import java.util.Locale;

/// What makes a push needless: the device had it, the user listed it, or the user opened it. A device's own receipt
/// always stops the push to that device.
public enum PushUnless {
    RECEIVED,
    SEEN,
    READ;

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static PushUnless ofLabel(String label) {
        return valueOf(label.toUpperCase(Locale.ROOT));
    }
}
