package io.belfry.api.problem;

import io.belfry.core.identity.TokenKeysUnavailable;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.server.exceptions.ExceptionHandler;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a user's app is told while its token cannot be judged: not that it is wrong, but to come again.
@Singleton
final class TokenKeysRefusal implements ExceptionHandler<TokenKeysUnavailable, MutableHttpResponse<?>> {
    private static final Logger LOG = LoggerFactory.getLogger(TokenKeysRefusal.class);
    private static final Duration RETRY = Duration.ofSeconds(5);

    @Override
    public MutableHttpResponse<?> handle(
            @SuppressWarnings("rawtypes") HttpRequest request, TokenKeysUnavailable failure) {
        LOG.warn("{} {}: {}", request.getMethodName(), request.getPath(), failure.getMessage());
        return Problem.noTokenKeys().response(RETRY);
    }
}
