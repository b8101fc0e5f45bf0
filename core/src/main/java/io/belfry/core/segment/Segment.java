package io.belfry.core.segment;

import java.time.Instant;
import java.util.regex.Pattern;

/// A set of users with a name, given by a rule and not by a list: who belongs to it is found anew each time.
///
/// @param rule as JSON
/// @param updatedAt when it was last put
public record Segment(String id, String description, String rule, Instant updatedAt) {
    public static final String ID_EXPECTED =
            "1 to 64 of letters, digits and . _ : -, beginning with one of the first two";
    public static final int MAX_DESCRIPTION = 500;

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,63}");

    public static boolean isId(String text) {
        return ID.matcher(text).matches();
    }
}
