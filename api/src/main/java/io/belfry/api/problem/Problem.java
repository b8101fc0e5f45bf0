package io.belfry.api.problem;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.NOT_REQUIRED;
import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.REQUIRED;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Duration;
import java.util.List;

/// An answer that is an error (RFC 9457, `application/problem+json`). `type` is stable and what callers should test.
/// The factories are the catalogue of all there are.
///
/// @param errors what is wrong, each with a JSON pointer into the request's body
@Serdeable
@Schema(
        name = "Problem",
        description = "An error (RFC 9457). `type` is stable; `errors` names each fault of a request.")
public record Problem(
        String type,
        String title,
        int status,
        @Nullable String detail,

        @Schema(requiredMode = NOT_REQUIRED, description = "Every fault of the request, where it is not valid")
        List<Fault> errors) {
    public static final String MEDIA_TYPE = "application/problem+json";

    /// One fault in a request.
    ///
    /// @param pointer into the body (RFC 6901); empty where it is the body as a whole, or no part of it
    /// @param detail the value where it helps, and what was expected
    @Serdeable
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "Fault")
    public record Fault(
            @Schema(
                    requiredMode = REQUIRED,
                    description = "A JSON pointer into the body; empty where the fault is in no part of it")
            String pointer,

            @Schema(requiredMode = REQUIRED, description = "What is wrong, and what was expected")
            String detail) {}

    public static Problem malformed(String detail) {
        return new Problem("/problems/malformed", "The request cannot be read", 400, detail, List.of());
    }

    public static Problem unauthorized() {
        return new Problem(
                "/problems/unauthorized",
                "Valid credentials are needed",
                401,
                "Send an API key or a user's token as a bearer.",
                List.of());
    }

    public static Problem forbidden() {
        return new Problem("/problems/forbidden", "These credentials do not allow that", 403, null, List.of());
    }

    public static Problem notFound(String what) {
        return new Problem("/problems/not-found", "There is no such " + what, 404, null, List.of());
    }

    public static Problem methodNotAllowed() {
        return new Problem("/problems/method-not-allowed", "There is no such method here", 405, null, List.of());
    }

    public static Problem notAcceptable() {
        return new Problem("/problems/not-acceptable", "There is no answer of that kind", 406, null, List.of());
    }

    public static Problem tooLarge(int limit) {
        return tooLarge("expected: at most " + limit + " bytes");
    }

    public static Problem tooLarge(String detail) {
        return new Problem("/problems/too-large", "The body is too large", 413, detail, List.of());
    }

    public static Problem unsupportedMediaType(String detail) {
        return new Problem(
                "/problems/unsupported-media-type", "The body is of a kind not read here", 415, detail, List.of());
    }

    public static Problem invalid(List<Fault> faults) {
        return new Problem("/problems/invalid", "The request is not valid", 422, null, List.copyOf(faults));
    }

    /// One fault that lies in no body, such as in a query parameter.
    public static Problem invalid(String detail) {
        return invalid(List.of(new Fault("", detail)));
    }

    public static Problem keyReused() {
        return new Problem(
                "/problems/idempotency-key-reused",
                "The idempotency key was used with another body",
                422,
                "Use a new key for a new event.",
                List.of());
    }

    public static Problem keyInFlight() {
        return new Problem(
                "/problems/idempotency-key-in-flight",
                "Another request with this idempotency key is under way",
                409,
                "Try again with the same key: the answer will be that request's.",
                List.of());
    }

    public static Problem inHand() {
        return new Problem(
                "/problems/in-hand",
                "A dispatcher is at it just now",
                409,
                "In a moment it is over, or waits again.",
                List.of());
    }

    /// @param state of the broadcast
    public static Problem nothingOut(String state) {
        return new Problem(
                "/problems/nothing-out",
                "Nothing of the broadcast went out",
                409,
                "It is " + state + ": there is nothing to take back.",
                List.of());
    }

    public static Problem rateLimited() {
        return new Problem(
                "/problems/rate-limited",
                "The API key sent more than it may",
                429,
                "Nothing was accepted. Wait as long as Retry-After says.",
                List.of());
    }

    public static Problem internal() {
        return new Problem("/problems/internal", "Something went wrong here", 500, null, List.of());
    }

    public static Problem unavailable() {
        return unavailable("Nothing was done, or it is not known. The same request may succeed later.");
    }

    /// It may have been stored all the same, which only the same key tells.
    public static Problem notStored() {
        return unavailable("The event is not known to be stored. Try again with the same idempotency key.");
    }

    private static Problem unavailable(String detail) {
        return new Problem("/problems/unavailable", "The database cannot be reached", 503, detail, List.of());
    }

    public static Problem noTokenKeys() {
        return new Problem(
                "/problems/token-keys-unavailable",
                "Tokens cannot be judged at present",
                503,
                "The keys they are signed with cannot be fetched. The same token may be taken later.",
                List.of());
    }

    public MutableHttpResponse<Problem> response() {
        return HttpResponse.<Problem>status(HttpStatus.valueOf(status))
                .contentType(MEDIA_TYPE)
                .body(this);
    }

    /// Tells when another try makes sense.
    public MutableHttpResponse<Problem> response(Duration retryAfter) {
        long seconds = Math.max(1, retryAfter.plusMillis(999).toSeconds());
        return response().header(HttpHeaders.RETRY_AFTER, Long.toString(seconds));
    }
}
