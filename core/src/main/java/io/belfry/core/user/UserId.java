package io.belfry.core.user;

import java.util.regex.Pattern;

/// Identifies a person who can be notified: 1 to 128 of letters, digits and `._:@-`, chosen by the host application
/// and compared byte by byte.
public record UserId(String value) implements Comparable<UserId> {
    public static final String EXPECTED = "1 to 128 of letters, digits and . _ : @ -";
    private static final Pattern PATTERN = Pattern.compile("[A-Za-z0-9._:@-]{1,128}");

    public UserId {
        if (!isValid(value)) {
            throw new IllegalArgumentException("user id: " + value + " (expected: " + EXPECTED + ")");
        }
    }

    public static boolean isValid(String value) {
        return value != null && PATTERN.matcher(value).matches();
    }

    @Override
    public int compareTo(UserId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
