package io.belfry.dispatcher.push.fcm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.belfry.dispatcher.push.PushResult;
import io.belfry.dispatcher.push.PushResult.Ambiguous;
import io.belfry.dispatcher.push.PushResult.ProviderDown;
import io.belfry.dispatcher.push.PushResult.Rejected;
import io.belfry.dispatcher.push.PushResult.RetryAfter;
import io.belfry.dispatcher.push.PushResult.Scope;
import io.belfry.dispatcher.push.PushResult.TokenDead;
import io.micronaut.core.annotation.Nullable;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;

/// What a failed request means for the push. Pure. Decided from the response itself, since the SDK's error codes lose
/// part of it: they know no field violations, and a project's rate limit comes without an FCM error code.
final class FcmVerdict {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String FCM_ERROR = "type.googleapis.com/google.firebase.fcm.v1.FcmError";
    private static final String BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest";

    /// FCM's advice for a 429 that names no time.
    private static final Duration QUOTA_WAIT = Duration.ofSeconds(60);
    /// An expired certificate at Apple is replaced by a person.
    private static final Duration THIRD_PARTY_WAIT = Duration.ofMinutes(5);
    /// Nobody's Retry-After is believed beyond this.
    private static final Duration MAX_WAIT = Duration.ofHours(24);

    private FcmVerdict() {}

    static PushResult of(SendFailure failure, Instant now) {
        return switch (failure) {
            case SendFailure.Refused refused -> refused(refused, now);
            case SendFailure.NotSent notSent -> new ProviderDown("no connection: " + kind(notSent.getCause()));
            case SendFailure.AnswerLost lost -> new Ambiguous("answer lost: " + kind(lost.getCause()));
            case SendFailure.Unwritable unwritable ->
                new Rejected("the message cannot be written as JSON: " + kind(unwritable.getCause()));
        };
    }

    /// Whether FCM refused our own access token, rather than failing at Apple's or a browser's door.
    static boolean isUnauthenticated(SendFailure failure) {
        return failure instanceof SendFailure.Refused refused
                && refused.status() == 401
                && fcmCode(parse(refused.body())).isEmpty();
    }

    private static PushResult refused(SendFailure.Refused refused, Instant now) {
        JsonNode error = parse(refused.body());
        String code = fcmCode(error);
        Optional<Duration> wait = wait(refused.retryAfter(), now);
        String reason = reason(refused.status(), code, error);
        return switch (refused.status()) {
            case 400 -> isAboutToken(error, code) ? new TokenDead(reason) : new Rejected(reason);
            case 401 ->
                code.isEmpty()
                        ? new ProviderDown(reason + ": check belfry.push.credentials")
                        : new RetryAfter(wait.orElse(THIRD_PARTY_WAIT), Scope.DEVICE, reason);
            // A mismatch is as likely a wrong service account as a stray token, and would clear every device.
            case 403 ->
                code.equals("SENDER_ID_MISMATCH")
                        ? new Rejected(reason + ": token of another Firebase project")
                        : new ProviderDown(reason + ": check the service account's permissions");
            case 404 ->
                code.equals("UNREGISTERED")
                        ? new TokenDead(reason)
                        : new ProviderDown(reason + ": check belfry.push.project-id");
            case 429 -> new RetryAfter(wait.orElse(QUOTA_WAIT), quotaScope(code), reason);
            // Somebody in between gave up on a request that FCM may have carried out.
            case 408, 502, 504 -> new Ambiguous(reason);
            default ->
                refused.status() >= 500 && wait.isPresent()
                        ? new RetryAfter(wait.get(), Scope.PROVIDER, reason)
                        : otherwise(refused.status(), reason);
        };
    }

    private static PushResult otherwise(int status, String reason) {
        return status >= 400 && status < 500 ? new Rejected(reason) : new ProviderDown(reason);
    }

    /// A quota of the device is answered with an FCM code, the project's by Google's common front end without.
    private static Scope quotaScope(String code) {
        return code.equals("QUOTA_EXCEEDED") ? Scope.DEVICE : Scope.PROVIDER;
    }

    /// FCM says INVALID_ARGUMENT to a malformed token and to a malformed message alike. Only what names the token
    /// counts against the token.
    private static boolean isAboutToken(JsonNode error, String code) {
        if (!code.equals("INVALID_ARGUMENT")) {
            return false;
        }
        List<JsonNode> badRequests = details(error, BAD_REQUEST);
        if (badRequests.isEmpty()) {
            return error.path("message").asText().contains("not a valid FCM registration token");
        }
        return badRequests.stream()
                .flatMap(detail -> detail.path("fieldViolations").valueStream())
                .anyMatch(violation -> violation.path("field").asText().equals("message.token"));
    }

    private static String fcmCode(JsonNode error) {
        return details(error, FCM_ERROR).stream()
                .map(detail -> detail.path("errorCode").asText())
                .findFirst()
                .orElse("");
    }

    private static List<JsonNode> details(JsonNode error, String type) {
        return error.path("details")
                .valueStream()
                .filter(detail -> detail.path("@type").asText().equals(type))
                .toList();
    }

    /// Never FCM's own text: it repeats values of the message.
    private static String reason(int status, String code, JsonNode error) {
        String rpc = error.path("status").asText();
        String name = code.isEmpty() ? rpc : code;
        return name.isEmpty() ? "status " + status : status + " " + name;
    }

    private static JsonNode parse(String body) {
        try {
            return JSON.readTree(body).path("error");
        } catch (JsonProcessingException e) {
            return MissingNode.getInstance();
        }
    }

    /// Seconds or an HTTP date, as RFC 9110 allows.
    static Optional<Duration> wait(@Nullable String retryAfter, Instant now) {
        if (retryAfter == null || retryAfter.isBlank()) {
            return Optional.empty();
        }
        String value = retryAfter.strip();
        try {
            Duration asked = value.chars().allMatch(Character::isDigit)
                    ? Duration.ofSeconds(Long.parseLong(value))
                    : Duration.between(
                            now,
                            ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME)
                                    .toInstant());
            Duration positive = asked.isNegative() ? Duration.ZERO : asked;
            return Optional.of(positive.compareTo(MAX_WAIT) > 0 ? MAX_WAIT : positive);
        } catch (NumberFormatException | DateTimeException e) {
            return Optional.empty();
        }
    }

    private static String kind(@Nullable Throwable cause) {
        return cause == null ? "unknown" : cause.getClass().getSimpleName();
    }
}
