package io.belfry.core.preference;

import java.util.Optional;

/// What a user told of themselves that decisions heed.
///
/// @param timeZone an IANA name, such as `Europe/Berlin`; empty where it is not known
public record Chosen(Preferences preferences, Optional<String> timeZone) {
    public static final Chosen NOTHING = new Chosen(Preferences.NONE, Optional.empty());
}
