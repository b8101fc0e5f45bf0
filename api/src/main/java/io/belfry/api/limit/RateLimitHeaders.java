package io.belfry.api.limit;

import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.ResponseFilter;
import io.micronaut.http.annotation.ServerFilter;
import io.micronaut.security.authentication.Authentication;
import java.util.UUID;

/// Tells senders where they stand, before they are refused and when they are.
@ServerFilter({"/v1/events", "/v1/events:batch", "/v1/cloudevents"})
final class RateLimitHeaders {
    private final RateLimits limits;

    RateLimitHeaders(RateLimits limits) {
        this.limits = limits;
    }

    @ResponseFilter
    void tell(HttpRequest<?> request, MutableHttpResponse<?> response) {
        request.getUserPrincipal(Authentication.class)
                .filter(caller -> response.code() != 401 && response.code() != 403)
                .map(caller -> limits.standing(UUID.fromString(caller.getName())))
                .ifPresent(standing -> {
                    response.header("RateLimit-Limit", Long.toString(standing.limit()));
                    response.header("RateLimit-Remaining", Long.toString(standing.remaining()));
                    response.header("RateLimit-Reset", Long.toString(standing.resetSeconds()));
                    if (response.code() == 429) {
                        response.header(HttpHeaders.RETRY_AFTER, Long.toString(standing.resetSeconds()));
                    }
                });
    }
}
