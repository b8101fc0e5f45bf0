package io.belfry.console.signin;

import io.belfry.console.Acts;
import io.belfry.console.ConsoleCookies;
import io.belfry.console.Open;
import io.belfry.core.access.Challenges;
import io.belfry.core.access.CodeCheck;
import io.belfry.core.access.Operator;
import io.belfry.core.access.Operators;
import io.belfry.core.access.SecondFactors;
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
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// The second step of a sign-in: the code of an app, or a recovery code. Only who gave the password gets here, and
/// is told no more than that a code was not right.
@Controller(SignInForm.CODE)
@Secured(SecurityRule.IS_ANONYMOUS)
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
final class CodeController {
    private static final String VIEW = "sign-in-code";

    private final SecondFactors factors;
    private final Challenges challenges;
    private final Operators operators;
    private final SignInLimits limits;
    private final HttpClientAddressResolver addresses;
    private final ConsoleCookies cookies;
    private final SignInForm pages;
    private final Entrance entrance;
    private final Acts acts;

    CodeController(
            SecondFactors factors,
            Challenges challenges,
            Operators operators,
            SignInLimits limits,
            HttpClientAddressResolver addresses,
            ConsoleCookies cookies,
            SignInForm pages,
            Entrance entrance,
            Acts acts) {
        this.factors = factors;
        this.challenges = challenges;
        this.operators = operators;
        this.limits = limits;
        this.addresses = addresses;
        this.cookies = cookies;
        this.pages = pages;
        this.entrance = entrance;
        this.acts = acts;
    }

    /// @param problem what went wrong, or null
    record CodeModel(String next, String problem) {}

    @Get
    @Open
    MutableHttpResponse<?> form(HttpRequest<?> request, @QueryValue Optional<String> next) {
        String wish = SignInForm.own(next.orElse(SignInForm.HOME));
        return token(request).flatMap(challenges::find).isPresent()
                ? pages.page(HttpStatus.OK, request, VIEW, new CodeModel(wish, null))
                : begin(request);
    }

    @Post
    @Open
    @Consumes(MediaType.APPLICATION_FORM_URLENCODED)
    MutableHttpResponse<?> enter(HttpRequest<?> request, @Body Map<String, Object> form) {
        String next = SignInForm.own(SignInForm.text(form, "next"));
        String address = addresses.resolve(request);
        if (!SignInForm.isOwn(request, form)) {
            return pages.page(HttpStatus.FORBIDDEN, request, VIEW, new CodeModel(next, SignInForm.TOO_OLD));
        }
        if (!limits.admit(address)) {
            return pages.page(HttpStatus.TOO_MANY_REQUESTS, request, VIEW, new CodeModel(next, SignInForm.TOO_OFTEN));
        }
        Optional<UUID> operator = token(request).flatMap(challenges::find);
        if (operator.isEmpty()) {
            return begin(request);
        }
        return switch (factors.check(operator.get(), SignInForm.text(form, "code"))) {
            case CodeCheck.Accepted(Operator who, CodeCheck.By by) -> {
                token(request).ifPresent(challenges::end);
                yield entrance.open(
                                request,
                                who,
                                address,
                                next,
                                Map.of("secondFactor", by.name().toLowerCase(Locale.ROOT)))
                        .cookie(cookies.remove(request, SignInForm.CHALLENGE));
            }
            case CodeCheck.Refused refused -> failed(request, operator.get(), next, address, "wrong code");
            case CodeCheck.Locked locked -> failed(request, operator.get(), next, address, "account is locked");
        };
    }

    private MutableHttpResponse<?> failed(
            HttpRequest<?> request, UUID operator, String next, String address, String why) {
        operators
                .find(operator)
                .map(Operator::email)
                .ifPresent(email -> acts.record(email, address, "session.refused", email, Map.of("why", why)));
        return pages.page(
                HttpStatus.UNAUTHORIZED,
                request,
                VIEW,
                new CodeModel(
                        next,
                        "That code is not right, or was used before. After several failures an account is locked for a while."));
    }

    /// The password was given too long ago, or never.
    private MutableHttpResponse<?> begin(HttpRequest<?> request) {
        return HttpResponse.seeOther(URI.create("/console/sign-in"))
                .cookie(cookies.remove(request, SignInForm.CHALLENGE));
    }

    private static Optional<String> token(HttpRequest<?> request) {
        return request.getCookies().findCookie(SignInForm.CHALLENGE).map(Cookie::getValue);
    }
}
