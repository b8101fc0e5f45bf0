package io.belfry.api.access;

import io.belfry.core.access.ApiKeys;
import io.belfry.core.access.Scope;
import io.belfry.core.identity.TokenVerdict;
import io.belfry.core.identity.UserTokens;
import io.micronaut.core.async.publisher.Publishers;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.security.authentication.Authentication;
import io.micronaut.security.filters.AuthenticationFetcher;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.reactivestreams.Publisher;

/// Who calls `/v1`: a service by its API key, or an end user's app by the user's JWT, both as a bearer. The roles of a
/// key
/// are its scopes; those of a user are [Grants#USER].
@Singleton
final class BearerCredentials implements AuthenticationFetcher<HttpRequest<?>> {
    private static final String SCHEME = "Bearer ";

    private final ApiKeys keys;
    private final UserTokens tokens;

    BearerCredentials(ApiKeys keys, UserTokens tokens) {
        this.keys = keys;
        this.tokens = tokens;
    }

    @Override
    public Publisher<Authentication> fetchAuthentication(HttpRequest<?> request) {
        if (!request.getPath().startsWith("/v1/")) {
            return Publishers.empty();
        }
        Optional<Authentication> found = request.getHeaders()
                .findFirst(HttpHeaders.AUTHORIZATION)
                .filter(header -> header.regionMatches(true, 0, SCHEME, 0, SCHEME.length()))
                .map(header -> header.substring(SCHEME.length()).strip())
                .flatMap(this::authenticate);
        return found.<Publisher<Authentication>>map(Publishers::just).orElseGet(Publishers::empty);
    }

    private Optional<Authentication> authenticate(String bearer) {
        if (bearer.startsWith(ApiKeys.PREFIX)) {
            return keys.find(bearer)
                    .map(key -> Authentication.build(
                            key.id().toString(),
                            key.scopes().stream().map(Scope::label).toList(),
                            Map.of()));
        }
        return switch (tokens.verify(bearer)) {
            case TokenVerdict.Valid valid ->
                Optional.of(Authentication.build(valid.user().value(), List.of(Grants.USER), Map.of()));
            case TokenVerdict.Expired expired -> Optional.empty();
            case TokenVerdict.Invalid invalid -> Optional.empty();
        };
    }
}
