package io.belfry.api.access;

import io.belfry.api.problem.Problem;
import io.micronaut.context.annotation.Replaces;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.server.exceptions.ExceptionHandler;
import io.micronaut.security.authentication.AuthorizationException;
import io.micronaut.security.authentication.DefaultAuthorizationExceptionHandler;
import jakarta.inject.Singleton;

/// What a caller without sufficient credentials is told: 401 without, 403 with others. The same words whatever was
/// wrong.
@Singleton
@Replaces(DefaultAuthorizationExceptionHandler.class)
final class Refusal implements ExceptionHandler<AuthorizationException, MutableHttpResponse<?>> {
    @Override
    public MutableHttpResponse<?> handle(
            @SuppressWarnings("rawtypes") HttpRequest request, AuthorizationException refused) {
        return refused.isForbidden()
                ? Problem.forbidden().response()
                : Problem.unauthorized().response().header(HttpHeaders.WWW_AUTHENTICATE, "Bearer realm=\"belfry\"");
    }
}
