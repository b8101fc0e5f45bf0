package io.belfry.api.json;

import io.belfry.api.problem.Problem;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MutableHttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/// Lists of things that have a key, page by page in the order of their keys. A page begins after a key, which is opaque
/// to clients.
public final class Cursor {
    static final int MAX_PAGE = 1000;

    private Cursor() {}

    /// Where to read things from.
    public interface Source<T> {
        /// @param after the key after which to begin, empty at first
        /// @param limit how many at most
        List<T> read(String after, int limit);

        /// Whether a cursor may hold this: clients can make up their own.
        default boolean isKey(String after) {
            return true;
        }
    }

    /// Answers with a page, or with what is wrong with the request for it.
    ///
    /// @param key of a thing
    /// @param page what to answer, of things and the `nextCursor`, which is null on the last page
    public static <T> MutableHttpResponse<?> answer(
            int limit,
            @Nullable String cursor,
            Source<T> source,
            Function<T, String> key,
            BiFunction<List<T>, String, ?> page) {
        if (limit < 1 || limit > MAX_PAGE) {
            return Problem.invalid("limit: " + limit + " (expected: 1 to " + MAX_PAGE + ")")
                    .response();
        }
        Optional<String> after = after(cursor).filter(place -> place.isEmpty() || source.isKey(place));
        if (after.isEmpty()) {
            return Problem.invalid("cursor (expected: a nextCursor of an earlier page)")
                    .response();
        }
        // One more than asked for tells whether there is a next page.
        List<T> found = source.read(after.get(), limit + 1);
        List<T> items = found.stream().limit(limit).toList();
        return HttpResponse.ok(page.apply(items, found.size() > limit ? nextCursor(key.apply(items.getLast())) : null));
    }

    private static Optional<String> after(@Nullable String cursor) {
        if (cursor == null) {
            return Optional.of("");
        }
        try {
            // No key holds a NUL, and the database takes none.
            return Optional.of(new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8))
                    .filter(after -> after.indexOf('\0') < 0);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static String nextCursor(String key) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(key.getBytes(StandardCharsets.UTF_8));
    }
}
