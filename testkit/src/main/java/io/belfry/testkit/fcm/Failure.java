package io.belfry.testkit.fcm;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/// An error as the real service answers it, status and body. The bodies are those quoted in the issue trackers of the
/// Firebase SDKs, because what a client may rely on is what is sent, not what the reference says.
public enum Failure {
    /// The app was uninstalled or the token has expired.
    UNREGISTERED(404, "NOT_FOUND", "Requested entity was not found."),
    /// A 404 from in front of the service, as for a wrong project or path: it says nothing about the token.
    BARE_NOT_FOUND(404, "", ""),
    /// What was sent as a token never was one.
    INVALID_TOKEN(400, "INVALID_ARGUMENT", "The registration token is not a valid FCM registration token"),
    /// A field the service does not understand.
    INVALID_ARGUMENT(400, "INVALID_ARGUMENT", "Invalid value at 'message.data[0].value' (TYPE_STRING), 123"),
    /// More than 4,096 bytes of payload.
    TOO_BIG(400, "INVALID_ARGUMENT", "Android message is too big"),
    /// The token belongs to another Firebase project.
    SENDER_ID_MISMATCH(403, "PERMISSION_DENIED", "SenderId mismatch"),
    /// The service account may not send.
    PERMISSION_DENIED(
            403,
            "PERMISSION_DENIED",
            "Permission 'cloudmessaging.messages.create' denied on resource"
                    + " '//cloudresourcemanager.googleapis.com/projects/demo' (or it may not exist)."),
    /// The access token is missing, unknown or expired.
    UNAUTHENTICATED(
            401,
            "UNAUTHENTICATED",
            "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid"
                    + " authentication credential."),
    /// Firebase cannot sign in at Apple or at the browser's push service; the caller's own credentials are fine.
    THIRD_PARTY_AUTH_ERROR(401, "UNAUTHENTICATED", "Auth error from APNS or Web Push Service"),
    /// Too many messages to this device, or of this sender.
    QUOTA_EXCEEDED(429, "RESOURCE_EXHAUSTED", "Message rate exceeded for the message target."),
    /// The project's sends per minute are used up; carries no `FcmError`.
    RATE_LIMITED(
            429,
            "RESOURCE_EXHAUSTED",
            "Quota exceeded for quota metric 'Send requests' and limit 'Send requests per minute' of service"
                    + " 'fcm.googleapis.com' for consumer 'project_number:1'."),
    /// Overloaded.
    UNAVAILABLE(503, "UNAVAILABLE", "The service is currently unavailable."),
    /// Broken.
    INTERNAL(500, "INTERNAL", "Internal error encountered."),
    /// A gateway in front of the service gave up waiting; HTML, as such gateways answer.
    BAD_GATEWAY(502, "", "");

    private static final String FCM_ERROR = "type.googleapis.com/google.firebase.fcm.v1.FcmError";
    private static final String BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest";
    private static final String HTML = """
            <!DOCTYPE html>
            <html lang=en>
              <meta charset=utf-8>
              <title>Error %d</title>
              <p><b>%d.</b> <ins>That's an error.</ins>
            """;

    private final int status;
    private final String rpcStatus;
    private final String message;

    Failure(int status, String rpcStatus, String message) {
        this.status = status;
        this.rpcStatus = rpcStatus;
        this.message = message;
    }

    /// The HTTP status this failure is answered with.
    public int status() {
        return status;
    }

    Answer answer() {
        return answer(message);
    }

    /// The same failure with another text, and for [#INVALID_ARGUMENT] the field that is wrong.
    Answer answer(String text) {
        if (rpcStatus.isEmpty()) {
            return Answer.text(status, "text/html; charset=UTF-8", HTML.formatted(status, status))
                    .named(name());
        }
        ObjectNode error = JsonNodeFactory.instance.objectNode();
        error.put("code", status).put("message", text).put("status", rpcStatus);
        ArrayNode details = details(text);
        if (!details.isEmpty()) {
            error.set("details", details);
        }
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.set("error", error);
        Answer answer = Answer.json(status, body).named(name());
        return this == UNAUTHENTICATED
                ? answer.with(Map.of(
                        "WWW-Authenticate", "Bearer realm=\"https://accounts.google.com/\", error=\"invalid_token\""))
                : answer;
    }

    private ArrayNode details(String text) {
        ArrayNode details = JsonNodeFactory.instance.arrayNode();
        switch (this) {
            case UNREGISTERED, SENDER_ID_MISMATCH, UNAVAILABLE -> fcmError(details, name());
            case INVALID_TOKEN -> fcmError(details, "INVALID_ARGUMENT");
            case TOO_BIG -> {
                details.addObject().put("@type", BAD_REQUEST);
                fcmError(details, "INVALID_ARGUMENT");
            }
            case INVALID_ARGUMENT -> violation(details, field(text), text);
            case THIRD_PARTY_AUTH_ERROR -> {
                fcmError(details, name());
                details.addObject()
                        .put("@type", "type.googleapis.com/google.firebase.fcm.v1.ApnsError")
                        .put("statusCode", 403)
                        .put("reason", "InvalidProviderToken");
            }
            case QUOTA_EXCEEDED -> {
                fcmError(details, name());
                details.addObject()
                        .put("@type", "type.googleapis.com/google.rpc.QuotaFailure")
                        .putArray("violations")
                        .addObject()
                        .put("subject", "device")
                        .put("description", "Device message rate exceeded");
            }
            case RATE_LIMITED -> errorInfo(details, "RATE_LIMIT_EXCEEDED");
            case UNAUTHENTICATED -> errorInfo(details, "ACCESS_TOKEN_TYPE_UNSUPPORTED");
            case PERMISSION_DENIED -> errorInfo(details, "IAM_PERMISSION_DENIED");
            case INTERNAL, BARE_NOT_FOUND, BAD_GATEWAY -> {
                // The service says no more than the status.
            }
        }
        return details;
    }

    private static void fcmError(ArrayNode details, String code) {
        details.addObject().put("@type", FCM_ERROR).put("errorCode", code);
    }

    private static void errorInfo(ArrayNode details, String reason) {
        details.addObject()
                .put("@type", "type.googleapis.com/google.rpc.ErrorInfo")
                .put("reason", reason)
                .put("domain", "googleapis.com")
                .putObject("metadata")
                .put("service", "fcm.googleapis.com");
    }

    private static void violation(ArrayNode details, String field, String description) {
        ObjectNode violation = details.addObject()
                .put("@type", BAD_REQUEST)
                .putArray("fieldViolations")
                .addObject();
        if (!field.isEmpty()) {
            violation.put("field", field);
        }
        violation.put("description", description);
    }

    /// The service repeats the path of the field in quotes at the start of its message.
    private static String field(String text) {
        int from = text.indexOf("at '");
        int to = from < 0 ? -1 : text.indexOf('\'', from + 4);
        return to < 0 ? "" : text.substring(from + 4, to);
    }
}
