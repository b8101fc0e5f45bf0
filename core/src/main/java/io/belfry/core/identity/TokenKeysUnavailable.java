package io.belfry.core.identity;

/// The keys at `belfry.tokens.jwks-url` cannot be fetched, so nothing can be said of a token. The same token may be
/// judged later.
public final class TokenKeysUnavailable extends RuntimeException {
    private static final long serialVersionUID = 1;

    TokenKeysUnavailable(Throwable cause) {
        super("the keys for tokens cannot be fetched: " + cause.getMessage(), cause);
    }
}
