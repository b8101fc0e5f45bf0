package io.belfry.dispatcher.push.fcm;

import io.micronaut.core.annotation.Nullable;
import java.io.IOException;

/// How one request to FCM failed, as far as the transport knows. It is an `IOException` so that it passes through the
/// Google libraries untouched: their retries look at responses, never at exceptions.
abstract sealed class SendFailure extends IOException {
    private SendFailure(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    /// FCM, or something in front of it, answered with an error.
    static final class Refused extends SendFailure {
        private final int status;
        private final String body;

        @Nullable
        private final String retryAfter;

        Refused(int status, String body, @Nullable String retryAfter) {
            super("HTTP status " + status, null);
            this.status = status;
            this.body = body;
            this.retryAfter = retryAfter;
        }

        int status() {
            return status;
        }

        String body() {
            return body;
        }

        /// The header as it came.
        @Nullable
        String retryAfter() {
            return retryAfter;
        }
    }

    /// The request's body never left: no connection, no place in the pool.
    static final class NotSent extends SendFailure {
        NotSent(IOException cause) {
            super("not sent: " + cause, cause);
        }
    }

    /// The request left, at least in part, and no whole answer came.
    static final class AnswerLost extends SendFailure {
        AnswerLost(IOException cause) {
            super("answer lost: " + cause, cause);
        }
    }

    /// The message cannot be written as JSON.
    static final class Unwritable extends SendFailure {
        Unwritable(IOException cause) {
            super("not JSON: " + cause, cause);
        }
    }
}
