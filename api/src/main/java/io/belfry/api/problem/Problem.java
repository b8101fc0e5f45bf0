package io.belfry.api.problem;

import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.serde.annotation.Serdeable;
import java.util.List;

/// An answer that is an error (RFC 9457, `application/problem+json`). `type` is stable and what callers should test.
///
/// @param errors what is wrong, each with a JSON pointer into the request's body
@Serdeable
public record Problem(String type, String title, int status, String detail, List<Fault> errors) {
    public static final String MEDIA_TYPE = "application/problem+json";

    /// One fault in a request's body.
    @Serdeable
    public record Fault(String pointer, String detail) {}

    public static Problem invalid(List<Fault> faults) {
        return new Problem("/problems/invalid", "The request is not valid", 422, null, faults);
    }

    public static Problem malformed(String detail) {
        return new Problem("/problems/malformed", "The body is not the JSON that is expected", 400, detail, List.of());
    }

    public static Problem tooLarge(int limit) {
        return new Problem(
                "/problems/too-large",
                "The body is too large",
                413,
                "expected: at most " + limit + " bytes",
                List.of());
    }

    public static Problem keyReused() {
        return new Problem(
                "/problems/idempotency-key-reused",
                "The idempotency key was used with another body",
                422,
                "Use a new key for a new event.",
                List.of());
    }

    public static Problem unavailable() {
        return new Problem(
                "/problems/unavailable",
                "The database cannot be reached at the moment",
                503,
                "What was asked is not done for certain. Try again, an event with the same idempotency key.",
                List.of());
    }

    public static Problem internal() {
        return new Problem("/problems/internal", "The fault is on this side", 500, null, List.of());
    }

    public static Problem notFound(String what) {
        return new Problem("/problems/not-found", "There is no such " + what, 404, null, List.of());
    }

    public MutableHttpResponse<Problem> response() {
        return HttpResponse.<Problem>status(HttpStatus.valueOf(status))
                .contentType(MEDIA_TYPE)
                .body(this);
    }
}
