package io.belfry.core.identity;

import io.belfry.core.user.UserId;
import java.time.Instant;
import java.util.Optional;

/// What [UserTokens] thinks of a token.
public sealed interface TokenVerdict {
    /// @param deviceId the claim `device`: the app installation it was made for
    /// @param locale the claim `locale`, a BCP 47 tag
    record Valid(UserId user, Instant expiresAt, Optional<String> deviceId, Optional<String> locale)
            implements TokenVerdict {}

    /// Signed by us, but past its time.
    record Expired() implements TokenVerdict {}

    /// @param reason for the log; never told to the caller
    record Invalid(String reason) implements TokenVerdict {}
}
