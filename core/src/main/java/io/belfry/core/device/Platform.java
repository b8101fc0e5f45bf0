package io.belfry.core.device;

import java.util.Locale;
import java.util.Optional;

/// What kind of device a push token belongs to.
public enum Platform {
    ANDROID,
    IOS,
    WEB;

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<Platform> ofLabel(String label) {
        for (Platform platform : values()) {
            if (platform.label().equals(label)) {
                return Optional.of(platform);
            }
        }
        return Optional.empty();
    }
}
