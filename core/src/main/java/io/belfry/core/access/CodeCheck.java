package io.belfry.core.access;

import java.time.Instant;

/// What came of a code that somebody gave beside their password. A caller shows the same words for [Refused] and
/// [Locked].
public sealed interface CodeCheck {
    /// @param by with what
    record Accepted(Operator operator, By by) implements CodeCheck {}

    /// Not the code, or one that was used before. It counts like a wrong password.
    record Refused() implements CodeCheck {}

    /// The account is locked after too many failures, maybe by this one; the code was not looked at.
    record Locked(Instant until) implements CodeCheck {}

    /// Which proof it was.
    enum By {
        APP,
        RECOVERY_CODE
    }
}
