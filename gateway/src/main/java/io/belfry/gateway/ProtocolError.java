package io.belfry.gateway;

/// The error of a reply. All codes are the protocol's own.
///
/// To a connect command, any error is final for the client, unless it is temporary or 109.
record ProtocolError(int code, String message, boolean temporary) {
    static final ProtocolError INTERNAL = new ProtocolError(100, "internal server error", true);
    static final ProtocolError UNKNOWN_CHANNEL = new ProtocolError(102, "unknown channel", false);
    static final ProtocolError PERMISSION_DENIED = new ProtocolError(103, "permission denied", false);
    static final ProtocolError METHOD_NOT_FOUND = new ProtocolError(104, "method not found", false);
    static final ProtocolError ALREADY_SUBSCRIBED = new ProtocolError(105, "already subscribed", false);
    static final ProtocolError LIMIT_EXCEEDED = new ProtocolError(106, "limit exceeded", false);
    static final ProtocolError NOT_AVAILABLE = new ProtocolError(108, "not available", false);
    static final ProtocolError TOKEN_EXPIRED = new ProtocolError(109, "token expired", false);

    static final ProtocolError TOO_MANY_REQUESTS = new ProtocolError(111, "too many requests", true);

    static final ProtocolError UNRECOVERABLE = new ProtocolError(112, "unrecoverable position", false);

    /// An argument of an RPC is wrong.
    ///
    /// @param fault names the argument, its value and what was expected
    static ProtocolError badRequest(String fault) {
        return new ProtocolError(107, "bad request: " + fault, false);
    }
}
