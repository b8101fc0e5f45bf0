package io.belfry.console.signin;

import io.belfry.console.Acts;
import io.belfry.console.ConsoleCookies;
import io.belfry.console.Needs;
import io.belfry.console.Open;
import io.belfry.console.Visit;
import io.belfry.core.access.Challenges;
import io.belfry.core.access.Operator;
import io.belfry.core.access.OperatorSessions;
import io.belfry.core.access.OperatorSettings;
import io.belfry.core.access.Operators;
import io.belfry.core.access.Role;
import io.belfry.core.access.SignIn;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.http.server.util.HttpClientAddressResolver;
import io.micronaut.http.uri.UriBuilder;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.rules.SecurityRule;
import java.net.URI;
import java.util.Map;
import java.util.Optional;

/// Signing in with a password, and out. A failed try is answered with the same words whatever was wrong.
@Controller("/console")
@Secured(SecurityRule.IS_ANONYMOUS)
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
final class SignInController {
    private static final String VIEW = "sign-in";
    private static final int MAX_EMAIL = 300;

    private final Operators operators;
    private final OperatorSessions sessions;
    private final Challenges challenges;
    private final OperatorSettings settings;
    private final SignInLimits limits;
    private final HttpClientAddressResolver addresses;
    private final ConsoleCookies cookies;
    private final SignInForm pages;
    private final Entrance entrance;
    private final Acts acts;

    SignInController(
            Operators operators,
            OperatorSessions sessions,
            Challenges challenges,
            OperatorSettings settings,
            SignInLimits limits,
            HttpClientAddressResolver addresses,
            ConsoleCookies cookies,
            SignInForm pages,
            Entrance entrance,
            Acts acts) {
        this.operators = operators;
        this.sessions = sessions;
        this.challenges = challenges;
        this.settings = settings;
        this.limits = limits;
        this.addresses = addresses;
        this.cookies = cookies;
        this.pages = pages;
        this.entrance = entrance;
        this.acts = acts;
    }

    /// @param problem what went wrong, or null
    record SignInModel(String email, String next, String problem) {}

    @Get("/sign-in")
    @Open
    MutableHttpResponse<?> form(HttpRequest<?> request, @QueryValue Optional<String> next) {
        return page(HttpStatus.OK, request, new SignInModel("", SignInForm.own(next.orElse(SignInForm.HOME)), null));
    }

    @Post("/sign-in")
    @Open
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    MutableHttpResponse<?> signIn(HttpRequest<?> request, @Body Map<String, Object> form) {
        String email = SignInForm.text(form, "email");
        String next = SignInForm.own(SignInForm.text(form, "next"));
        String address = addresses.resolve(request);
        if (!SignInForm.isOwn(request, form)) {
            return page(HttpStatus.FORBIDDEN, request, new SignInModel(email, next, SignInForm.TOO_OLD));
        }
        if (email.length() > MAX_EMAIL || !limits.admit(address)) {
            return page(HttpStatus.TOO_MANY_REQUESTS, request, new SignInModel("", next, SignInForm.TOO_OFTEN));
        }
        return switch (operators.authenticate(email, SignInForm.text(form, "password"))) {
            case SignIn.Accepted(Operator operator) -> entrance.open(request, operator, address, next, Map.of());
            case SignIn.AwaitsCode(Operator operator) -> challenge(request, operator, next);
            case SignIn.Refused refused -> failed(request, email, next, address, "wrong password or no account");
            case SignIn.Locked locked -> failed(request, email, next, address, "account is locked");
            case SignIn.Busy busy ->
                page(
                        HttpStatus.SERVICE_UNAVAILABLE,
                        request,
                        new SignInModel(email, next, "Many people are signing in. Try again in a moment."));
        };
    }

    private MutableHttpResponse<?> challenge(HttpRequest<?> request, Operator operator, String next) {
        return HttpResponse.seeOther(
                        UriBuilder.of(SignInForm.CODE).queryParam("next", next).build())
                .cookie(cookies.make(
                        request,
                        SignInForm.CHALLENGE,
                        challenges.begin(operator),
                        Optional.of(settings.challengeLasts())));
    }

    private MutableHttpResponse<?> failed(
            HttpRequest<?> request, String email, String next, String address, String why) {
        acts.record(email, address, "session.refused", email, Map.of("why", why));
        return page(
                HttpStatus.UNAUTHORIZED,
                request,
                new SignInModel(
                        email,
                        next,
                        "That address and password do not match. After several failures an account is locked for a while."));
    }

    private MutableHttpResponse<?> page(HttpStatus status, HttpRequest<?> request, SignInModel model) {
        return pages.page(status, request, VIEW, model);
    }

    @Post("/sign-out")
    @Needs(value = Role.VIEWER, evenWithOneTimePassword = true)
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    MutableHttpResponse<?> signOut(Visit visit) {
        sessions.end(visit.session());
        acts.record(visit, "session.end", visit.operator().email(), Map.of());
        return HttpResponse.seeOther(URI.create("/console/sign-in"))
                .cookie(cookies.remove(visit.request(), ConsoleCookies.SESSION));
    }
}
