package io.belfry.api.access;

import io.belfry.api.problem.Problem;
import io.micronaut.context.annotation.Replaces;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.server.exceptions.ExceptionHandler;
import io.micronaut.security.authentication.AuthorizationException;
import io.micronaut.security.authentication.DefaultAuthorizationExceptionHandler;
import jakarta.inject.Singleton;
import java.util.List;

/// What a caller without sufficient credentials is told: 401 without, 403 with others. The same words whatever was
/// wrong.
@Singleton
@Replaces(DefaultAuthorizationExceptionHandler.class)
final class Refusal implements ExceptionHandler<AuthorizationException, MutableHttpResponse<?>> {
    @Override
    public MutableHttpResponse<?> handle(
            @SuppressWarnings("rawtypes") HttpRequest request, AuthorizationException refused) {
        if (refused.isForbidden()) {
            return new Problem("/problems/forbidden", "These credentials do not allow that", 403, null, List.of())
                    .response();
        }
        return HttpResponse.<Problem>status(HttpStatus.UNAUTHORIZED)
                .header(HttpHeaders.WWW_AUTHENTICATE, "Bearer realm=\"belfry\"")
                .contentType(Problem.MEDIA_TYPE)
                .body(new Problem(
                        "/problems/unauthorized",
                        "Valid credentials are needed",
                        401,
                        "Send an API key or a user's token as a bearer.",
                        List.of()));
    }
}
