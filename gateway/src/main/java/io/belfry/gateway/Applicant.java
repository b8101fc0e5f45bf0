package io.belfry.gateway;

/// Who wants to be let in: a client's conversation, or its event stream. Stays on the connection's event loop.
interface Applicant {
    Connection connection();

    /// Whether it still waits for an answer.
    boolean isConnecting();

    /// It is being let in: what is published for its user is held for it from now on.
    void joined(Session session);

    /// It is let in, and told so.
    void connected(Reply.Connected reply);

    /// It is refused for now.
    ///
    /// @param id of the command to answer
    void refuse(long id, ProtocolError error);

    /// It is let in, and everything is in place for more.
    void workOn();

    /// Whether what it says of its position proves that it has everything up to there.
    boolean canProve();
}
