package io.belfry.core.identity;

import io.belfry.core.user.UserId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What [UserTokens] thinks of a token.
public sealed interface TokenVerdict {
    /// @param deviceId the claim `device`: the app installation it was made for
    /// @param locale the claim `locale`, a BCP 47 tag
    /// @param issuedAt [Instant#EPOCH] when it does not tell
    /// @param tokenId the claim `jti`, or empty
    /// @param claims all claims that are a text or a list of texts, by name
    /// @param info the claim `info`, what others in a channel are told of its holder: one line of JSON, or empty
    record Valid(
            UserId user,
            Instant expiresAt,
            Optional<String> deviceId,
            Optional<String> locale,
            Instant issuedAt,
            String tokenId,
            Map<String, List<String>> claims,
            String info)
            implements TokenVerdict {}

    /// Signed by us, but past its time.
    record Expired() implements TokenVerdict {}

    /// @param reason for the log; never told to the caller
    record Invalid(String reason) implements TokenVerdict {}
}
