package io.belfry.core.access;

import java.time.Instant;

/// How a try to sign in ended. A caller shows the same words for all but [Accepted] and
/// [AwaitsCode], or it tells strangers who has an
/// account.
public sealed interface SignIn {
    record Accepted(Operator operator) implements SignIn {}

    /// It is the password, and not enough: the operator has a second factor ([SecondFactors#check]). Failures before it
    /// are not forgotten yet.
    record AwaitsCode(Operator operator) implements SignIn {}

    /// No such account, a disabled one, or not its password.
    record Refused() implements SignIn {}

    /// The account is locked after too many failures, maybe by this one; the password was not looked at.
    record Locked(Instant until) implements SignIn {}

    /// Too many are being checked at this moment; nothing was counted.
    record Busy() implements SignIn {}
}
