package io.belfry.console.signin;

import io.belfry.console.Acts;
import io.belfry.console.ConsoleCookies;
import io.belfry.console.Needs;
import io.belfry.console.Open;
import io.belfry.console.Pages;
import io.belfry.console.Visit;
import io.belfry.core.access.Operator;
import io.belfry.core.access.OperatorSessions;
import io.belfry.core.access.OperatorSettings;
import io.belfry.core.access.Operators;
import io.belfry.core.access.Role;
import io.belfry.core.access.SignIn;
import io.micronaut.http.HttpHeaders;
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
import io.micronaut.http.cookie.Cookie;
import io.micronaut.http.server.util.HttpClientAddressResolver;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.rules.SecurityRule;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// Signing in and out. A failed try is answered with the same words whatever was wrong.
@Controller("/console")
@Secured(SecurityRule.IS_ANONYMOUS)
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
final class SignInController {
    /// Ties the form to the browser that got it, as there is no session yet.
    private static final String FORM_COOKIE = "belfry_signin";

    private static final Duration FORM_LASTS = Duration.ofHours(1);
    private static final Pattern OWN_PATH = Pattern.compile("/console(/(?![/.])[\\w.~%:@-]*)*(\\?[\\w.~%:@/=&+-]*)?");
    private static final String HOME = "/console";
    private static final int MAX_EMAIL = 300;
    private static final int TOKEN_BYTES = 32;
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_-]{43}");
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Operators operators;
    private final OperatorSessions sessions;
    private final OperatorSettings settings;
    private final SignInLimits limits;
    private final HttpClientAddressResolver addresses;
    private final ConsoleCookies cookies;
    private final Acts acts;
    private final Pages pages;

    SignInController(
            Operators operators,
            OperatorSessions sessions,
            OperatorSettings settings,
            SignInLimits limits,
            HttpClientAddressResolver addresses,
            ConsoleCookies cookies,
            Acts acts,
            Pages pages) {
        this.operators = operators;
        this.sessions = sessions;
        this.settings = settings;
        this.limits = limits;
        this.addresses = addresses;
        this.cookies = cookies;
        this.acts = acts;
        this.pages = pages;
    }

    /// @param problem what went wrong, or null
    record SignInModel(String email, String next, String problem) {}

    @Get("/sign-in")
    @Open
    MutableHttpResponse<?> form(HttpRequest<?> request, @QueryValue Optional<String> next) {
        return page(HttpStatus.OK, request, new SignInModel("", own(next.orElse(HOME)), null));
    }

    @Post("/sign-in")
    @Open
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    MutableHttpResponse<?> signIn(HttpRequest<?> request, @Body Map<String, Object> form) {
        String email = text(form, "email");
        String next = own(text(form, "next"));
        String address = addresses.resolve(request);
        if (!isOwnForm(request, text(form, "csrf"))) {
            return page(
                    HttpStatus.FORBIDDEN,
                    request,
                    new SignInModel(email, next, "The page was open for too long. Please try again."));
        }
        if (email.length() > MAX_EMAIL || !limits.admit(address)) {
            return page(
                    HttpStatus.TOO_MANY_REQUESTS,
                    request,
                    new SignInModel("", next, "Too many tries from your address. Wait a minute."));
        }
        return switch (operators.authenticate(email, text(form, "password"))) {
            case SignIn.Accepted(Operator operator) -> begin(request, operator, address, next);
            case SignIn.Refused refused -> failed(request, email, next, address, "wrong password or no account");
            case SignIn.Locked locked -> failed(request, email, next, address, "account is locked");
            case SignIn.Busy busy ->
                page(
                        HttpStatus.SERVICE_UNAVAILABLE,
                        request,
                        new SignInModel(email, next, "Many people are signing in. Try again in a moment."));
        };
    }

    private MutableHttpResponse<?> begin(HttpRequest<?> request, Operator operator, String address, String next) {
        String agent = Optional.ofNullable(request.getHeaders().get(HttpHeaders.USER_AGENT))
                .orElse("");
        String token = sessions.begin(operator, address, agent);
        acts.record(operator.email(), address, "session.begin", operator.email(), Map.of());
        return HttpResponse.seeOther(URI.create(next))
                .cookie(cookies.remove(request, FORM_COOKIE))
                .cookie(cookies.make(request, ConsoleCookies.SESSION, token, Optional.of(settings.sessionLifetime())));
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

    @Post("/sign-out")
    @Needs(value = Role.VIEWER, evenWithOneTimePassword = true)
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    MutableHttpResponse<?> signOut(Visit visit) {
        sessions.end(visit.session());
        acts.record(visit, "session.end", visit.operator().email(), Map.of());
        return HttpResponse.seeOther(URI.create("/console/sign-in"))
                .cookie(cookies.remove(visit.request(), ConsoleCookies.SESSION));
    }

    private MutableHttpResponse<?> page(HttpStatus status, HttpRequest<?> request, SignInModel model) {
        // The same for two tabs of one browser.
        String token = formCookie(request).orElseGet(SignInController::mint);
        return pages.showOpen(status, request, "sign-in", model, token)
                .cookie(cookies.make(request, FORM_COOKIE, token, Optional.of(FORM_LASTS)));
    }

    private static String mint() {
        byte[] bytes = new byte[TOKEN_BYTES];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static Optional<String> formCookie(HttpRequest<?> request) {
        return request.getCookies()
                .findCookie(FORM_COOKIE)
                .map(Cookie::getValue)
                .filter(value -> TOKEN.matcher(value).matches());
    }

    private static boolean isOwnForm(HttpRequest<?> request, String token) {
        return formCookie(request)
                .filter(value -> MessageDigest.isEqual(
                        value.getBytes(StandardCharsets.UTF_8), token.getBytes(StandardCharsets.UTF_8)))
                .isPresent();
    }

    /// Only pages of the console: never somewhere else, or the link to sign in would lead people to strangers.
    private static String own(String next) {
        return OWN_PATH.matcher(next).matches() && !next.startsWith("/console/sign-") ? next : HOME;
    }

    private static String text(Map<String, Object> form, String field) {
        return form.get(field) instanceof String text ? text : "";
    }
}
