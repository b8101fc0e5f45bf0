package io.belfry.core.event;

import java.util.regex.Pattern;

/// The names of event types: what services choose, such as `order.shipped`.
public final class EventType {
    public static final String EXPECTED = "1 to 128 of letters, digits and . _ : -";
    private static final Pattern PATTERN = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,127}");

    private EventType() {}

    public static boolean isValid(String type) {
        return PATTERN.matcher(type).matches();
    }
}
