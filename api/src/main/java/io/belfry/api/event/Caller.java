package io.belfry.api.event;

import io.belfry.api.access.Grants;
import io.micronaut.http.HttpRequest;
import io.micronaut.security.authentication.Authentication;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/// Who sends, and what the request's headers say of every event in it.
///
/// @param key of `Idempotency-Key`, without the quotes that the IETF draft wants around it
/// @param traceparent W3C trace context
/// @param mayAddressEveryone whether its key may
/// @param isTest whether its key is for tests
record Caller(
        UUID apiKeyId, boolean mayAddressEveryone, boolean isTest, Optional<String> key, Optional<String> traceparent) {
    private static final int MAX_TRACEPARENT = 255;
    private static final Pattern TRACEPARENT = Pattern.compile("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}.*");

    static Caller of(HttpRequest<?> request, Authentication authentication) {
        return new Caller(
                UUID.fromString(authentication.getName()),
                authentication.getRoles().contains(Grants.EVENTS_EVERYONE),
                Grants.isTest(authentication),
                request.getHeaders().findFirst("Idempotency-Key").map(Caller::unquoted),
                request.getHeaders().findFirst("traceparent").filter(Caller::isTraceparent));
    }

    private static String unquoted(String key) {
        boolean quoted = key.length() >= 2 && key.startsWith("\"") && key.endsWith("\"");
        return quoted ? key.substring(1, key.length() - 1) : key;
    }

    /// One that is not well-formed is ignored, as the W3C's recommendation says.
    static boolean isTraceparent(String value) {
        return value.length() <= MAX_TRACEPARENT && TRACEPARENT.matcher(value).matches();
    }
}
