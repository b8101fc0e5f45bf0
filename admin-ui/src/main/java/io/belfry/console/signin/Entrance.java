package io.belfry.console.signin;

import io.belfry.console.Acts;
import io.belfry.console.ConsoleCookies;
import io.belfry.core.access.Operator;
import io.belfry.core.access.OperatorSessions;
import io.belfry.core.access.OperatorSettings;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MutableHttpResponse;
import jakarta.inject.Singleton;
import java.net.URI;
import java.util.Map;
import java.util.Optional;

/// Lets in whoever has proved who they are. Thread-safe; blocks on the database.
@Singleton
final class Entrance {
    private final OperatorSessions sessions;
    private final OperatorSettings settings;
    private final ConsoleCookies cookies;
    private final SignInForm form;
    private final Acts acts;

    Entrance(OperatorSessions sessions, OperatorSettings settings, ConsoleCookies cookies, SignInForm form, Acts acts) {
        this.sessions = sessions;
        this.settings = settings;
        this.cookies = cookies;
        this.form = form;
        this.acts = acts;
    }

    /// Begins a session.
    ///
    /// @param next where they wanted to go
    /// @param proof what they gave, for the audit log
    MutableHttpResponse<?> open(
            HttpRequest<?> request, Operator operator, String address, String next, Map<String, String> proof) {
        String agent = Optional.ofNullable(request.getHeaders().get(HttpHeaders.USER_AGENT))
                .orElse("");
        String token = sessions.begin(operator, address, agent);
        acts.record(operator.email(), address, "session.begin", operator.email(), proof);
        return HttpResponse.seeOther(URI.create(next))
                .cookie(form.removal(request))
                .cookie(cookies.make(request, ConsoleCookies.SESSION, token, Optional.of(settings.sessionLifetime())));
    }
}
