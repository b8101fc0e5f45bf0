package io.belfry.console;

import io.belfry.core.access.Operator;
import io.belfry.core.access.OperatorSession;
import io.belfry.core.access.Role;
import io.micronaut.http.HttpRequest;
import java.util.Optional;

/// One request of a signed-in operator who may make it: [Gate] has checked the session, the role and, for a POST, that
/// the form came from a page of that session. A controller method that takes one cannot be reached otherwise.
///
/// @param address from where
/// @param form what was posted, without the CSRF token's meaning
/// @param flash what the page that led here left to be told
public record Visit(HttpRequest<?> request, OperatorSession session, String address, Form form, Optional<Flash> flash) {
    static final String ATTRIBUTE = "belfry.console.visit";

    static Optional<Visit> of(HttpRequest<?> request) {
        return request.getAttribute(ATTRIBUTE, Visit.class);
    }

    public Operator operator() {
        return session.operator();
    }

    public boolean may(Role role) {
        return operator().role().includes(role);
    }

    /// Whether htmx asks for a part of a page.
    public boolean wantsFragment() {
        return request.getHeaders().contains("HX-Request");
    }
}
