package io.belfry.api.json;

import io.belfry.api.problem.Problem;
import io.micronaut.core.annotation.Nullable;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// Where a page begins: after a key, which is opaque to clients.
public sealed interface Cursor {
    int MAX_PAGE = 1000;

    /// @param after the last key of the page before; empty at first
    record After(String after, int limit) implements Cursor {}

    record Refused(Problem problem) implements Cursor {}

    static Cursor of(int limit, @Nullable String cursor) {
        if (limit < 1 || limit > MAX_PAGE) {
            return new Refused(Problem.invalid("limit: " + limit + " (expected: 1 to " + MAX_PAGE + ")"));
        }
        try {
            String after =
                    cursor == null ? "" : new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
            if (after.indexOf('\0') < 0) {
                return new After(after, limit);
            }
        } catch (IllegalArgumentException e) {
            // Told below, as one that holds what no key has.
        }
        return new Refused(Problem.invalid("cursor (expected: a nextCursor of an earlier page)"));
    }

    static String after(String key) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(key.getBytes(StandardCharsets.UTF_8));
    }
}
