package io.belfry.gateway;

/// Why a gateway closes a connection: every close code there is, and what a client does then.
///
/// Clients reconnect, with growing delays, after 3000 to 3499 and 4000 to 4499; 3500 to 3999 and 4500 to 4999 are
/// final for them. Of RFC 6455's own codes, 1009 is final for them and the others are not. The reason goes into the
/// close frame; it must not be empty and must not parse as JSON, or the JavaScript SDK takes the wrong branch.
enum Disconnect {
    /// This node stops; the client reconnects to another.
    SHUTDOWN(3001, "shutdown"),
    /// A bug of ours; the client reconnects.
    SERVER_ERROR(3004, "internal server error"),
    /// The token ended and was not refreshed; the client gets a new one and reconnects.
    EXPIRED(3005, "connection expired"),
    /// The token with which the client refreshed a subscription has ended; the client reconnects, and gets a new one.
    SUBSCRIPTION_EXPIRED(3006, "subscription expired"),
    /// It took in nothing for too long; the client reconnects and recovers.
    SLOW(3008, "slow"),
    /// What it missed is too much to send, or the inboxes are of a new generation; the client reconnects and reloads.
    INSUFFICIENT_STATE(3010, "insufficient state"),
    /// A service wants it to connect anew.
    FORCED_TO_RECONNECT(3011, "force reconnect"),
    /// No answer to a ping; the client, if there is one, reconnects.
    NO_PONG(3012, "no pong"),
    /// Too many commands; the client reconnects, with a delay.
    TOO_MANY_REQUESTS(3013, "too many requests"),

    /// The token is not one of ours, or was revoked. Final.
    INVALID_TOKEN(3500, "invalid token"),
    /// What it sent is not the protocol. Final.
    BAD_REQUEST(3501, "bad request"),
    /// No connect command in time. Final.
    STALE(3502, "stale"),
    /// A service wants it to go, or had the user erased. Final.
    FORCED(3503, "force disconnect"),
    /// The user has too many connections here. Final.
    CONNECTION_LIMIT(3504, "connection limit"),

    /// Not WebSocket.
    PROTOCOL_ERROR(1002, "protocol error"),
    /// A binary message on a connection that speaks JSON.
    UNSUPPORTED_BINARY(1003, "binary messages need the subprotocol centrifuge-protobuf"),
    /// A text message on a connection that speaks Protobuf.
    UNSUPPORTED_TEXT(1003, "this connection speaks Protobuf"),
    /// A text message that is not UTF-8.
    INVALID_TEXT(1007, "not UTF-8"),
    /// A message above the limit. Final.
    TOO_BIG(1009, "message too big");

    private final int code;
    private final String reason;

    Disconnect(int code, String reason) {
        this.code = code;
        this.reason = reason;
    }

    /// Whether clients do not come back.
    boolean isFinal() {
        return code == TOO_BIG.code || code >= 3500 && code < 4000;
    }

    int code() {
        return code;
    }

    String reason() {
        return reason;
    }
}
