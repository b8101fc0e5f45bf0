package io.belfry.dispatcher.failpoint;

/// A step of a dispatcher after which a test lets it come no further.
public enum Failpoint {
    /// Lanes are locked and their first events read; nothing is written.
    EVENTS_CLAIMED,
    /// A page of recipients is known; nothing is written.
    AUDIENCE_EXPANDED,
    /// Inboxes, timers and lanes are written, and not committed.
    INBOXES_WRITTEN,
    /// That is committed, and not published.
    INBOXES_COMMITTED,
    /// Half of it is published.
    INBOXES_HALF_PUBLISHED,
    /// Due timers are claimed; no try is noted.
    PUSHES_CLAIMED,
    /// A try is noted; the provider was not asked.
    PUSH_BEGUN,
    /// The provider has answered; what it said is not noted.
    PUSH_SENT,
    /// It is about to be looked for waves of broadcasts that are due.
    WAVE_DUE,
    /// A wave is in the log; gateways were not told.
    WAVE_LOGGED,
    /// Gateways were told of a wave; it was not looked for the next.
    WAVE_TOLD
}
