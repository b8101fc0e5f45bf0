package io.belfry.api.access;

import io.belfry.core.access.ApiKeys;
import io.belfry.core.access.Scope;
import io.belfry.core.identity.TokenVerdict;
import io.belfry.core.identity.UserTokens;
import io.micronaut.core.async.publisher.Publishers;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.security.authentication.Authentication;
import io.micronaut.security.filters.AuthenticationFetcher;
import jakarta.inject.Named;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.reactivestreams.Publisher;

/// Who calls `/v1`: a service by its API key, or an end user's app by the user's JWT, both as a bearer. The roles of a
/// key are its scopes; those of a user are [Grants#USER].
@Singleton
final class BearerCredentials implements AuthenticationFetcher<HttpRequest<?>> {
    private static final String SCHEME = "Bearer ";

    private final ApiKeys keys;
    private final UserTokens tokens;
    private final Executor blocking;

    BearerCredentials(ApiKeys keys, UserTokens tokens, @Named(TaskExecutors.BLOCKING) Executor blocking) {
        this.keys = keys;
        this.tokens = tokens;
        this.blocking = blocking;
    }

    @Override
    public Publisher<Authentication> fetchAuthentication(HttpRequest<?> request) {
        if (!request.getPath().startsWith("/v1/")) {
            return Publishers.empty();
        }
        return request.getHeaders()
                .findFirst(HttpHeaders.AUTHORIZATION)
                .filter(header -> header.regionMatches(true, 0, SCHEME, 0, SCHEME.length()))
                .map(header -> header.substring(SCHEME.length()).strip())
                .map(this::authenticate)
                .orElseGet(Publishers::empty);
    }

    private Publisher<Authentication> authenticate(String bearer) {
        if (bearer.startsWith(ApiKeys.PREFIX)) {
            return published(service(bearer));
        }
        // Keys of a host are fetched over the network, for which no event loop waits.
        return tokens.mayBlock() ? Publishers.fromCompletableFuture(() -> later(bearer)) : published(user(bearer));
    }

    private static Publisher<Authentication> published(Optional<Authentication> found) {
        return found.<Publisher<Authentication>>map(Publishers::just).orElseGet(Publishers::empty);
    }

    /// @return null for a token that is not good
    private CompletableFuture<Authentication> later(String token) {
        var answer = new CompletableFuture<Authentication>();
        blocking.execute(() -> {
            try {
                answer.complete(user(token).orElse(null));
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        return answer;
    }

    private Optional<Authentication> service(String key) {
        return keys.find(key)
                .map(found -> Authentication.build(
                        found.id().toString(),
                        found.scopes().stream().map(Scope::label).toList(),
                        Map.of(Grants.TEST, found.isTest())));
    }

    private Optional<Authentication> user(String token) {
        return switch (tokens.verify(token)) {
            case TokenVerdict.Valid valid ->
                Optional.of(Authentication.build(
                        valid.user().value(), List.of(Grants.USER), Map.of(Grants.CLAIMS, valid.claims())));
            case TokenVerdict.Expired expired -> Optional.empty();
            case TokenVerdict.Invalid invalid -> Optional.empty();
        };
    }
}
