package io.belfry.gateway;

import io.belfry.core.identity.TokenKeysUnavailable;
import io.belfry.core.identity.TokenVerdict;
import io.belfry.core.identity.UserTokens;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.rules.SecurityRule;
import java.util.concurrent.CompletionException;

/// `POST /v1/tickets`: a user's token, in the header, gives a ticket for one event stream.
@Controller
@Secured(SecurityRule.IS_ANONYMOUS)
@ExecuteOn(TaskExecutors.BLOCKING)
final class TicketsController {
    private final UserTokens tokens;
    private final Tickets tickets;

    TicketsController(UserTokens tokens, Tickets tickets) {
        this.tokens = tokens;
        this.tickets = tickets;
    }

    @Post("/v1/tickets")
    HttpResponse<?> issue(HttpRequest<?> request) {
        try {
            String token = StreamRequest.bearer(request.getHeaders()).orElse("");
            if (!(tokens.verify(token) instanceof TokenVerdict.Valid holder)) {
                return Refusal.of(HttpStatus.UNAUTHORIZED, "a valid token is needed")
                        .header(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
            }
            String ticket = tickets.issue(holder).join();
            return HttpResponse.created("{\"ticket\":\"" + ticket + "\",\"expiresIn\":"
                            + tickets.validFor().toSeconds() + "}")
                    .contentType("application/json")
                    .header(HttpHeaders.CACHE_CONTROL, "no-store");
        } catch (TokenKeysUnavailable | CompletionException away) {
            return Refusal.of(HttpStatus.SERVICE_UNAVAILABLE, "come again in some seconds")
                    .header(HttpHeaders.RETRY_AFTER, "5");
        }
    }
}
