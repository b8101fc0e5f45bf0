package io.belfry.core.user;

import java.time.ZoneId;
import java.util.IllformedLocaleException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/// What a service says of a user.
///
/// @param locale a BCP 47 tag in its usual form, such as `pt-BR`
/// @param timeZone a name of the IANA database, such as `Europe/Berlin`
/// @param attributes a JSON object
public record UserProfile(String id, Optional<String> locale, Optional<String> timeZone, String attributes) {
    public static final String LOCALE_EXPECTED = "a language tag such as en or pt-BR (BCP 47)";
    public static final String TIME_ZONE_EXPECTED = "a time zone's name such as Europe/Berlin (IANA)";

    private static final int MAX_LOCALE = 35;
    private static final Set<String> TIME_ZONES = ZoneId.getAvailableZoneIds();

    /// The usual form of a language tag; empty when it is none.
    public static Optional<String> canonicalLocale(String tag) {
        if (tag.isEmpty() || tag.length() > MAX_LOCALE) {
            return Optional.empty();
        }
        try {
            String canonical = new Locale.Builder().setLanguageTag(tag).build().toLanguageTag();
            return canonical.equals("und") ? Optional.empty() : Optional.of(canonical);
        } catch (IllformedLocaleException e) {
            return Optional.empty();
        }
    }

    public static boolean isTimeZone(String name) {
        return TIME_ZONES.contains(name);
    }
}
