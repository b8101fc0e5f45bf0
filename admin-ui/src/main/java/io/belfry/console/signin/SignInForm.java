package io.belfry.console.signin;

import io.belfry.console.ConsoleCookies;
import io.belfry.console.Pages;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.cookie.Cookie;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// The forms of those who are not signed in yet. Each is tied to the browser that got it by a cookie, as there is no
/// session. Thread-safe.
@Singleton
final class SignInForm {
    /// Where one comes to without a wish.
    static final String HOME = "/console";
    /// Where the code of a second factor is asked for.
    static final String CODE = "/console/sign-in/code";
    /// The cookie that holds a challenge's token.
    static final String CHALLENGE = "belfry_challenge";
    /// What is said of a form that is not this browser's.
    static final String TOO_OLD = "The page was open for too long. Please try again.";

    static final String TOO_OFTEN = "Too many tries from your address. Wait a minute.";

    private static final String COOKIE = "belfry_signin";
    private static final Duration LASTS = Duration.ofHours(1);
    private static final int TOKEN_BYTES = 32;
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9_-]{43}");
    private static final Pattern OWN_PATH = Pattern.compile("/console(/(?![/.])[\\w.~%:@-]*)*(\\?[\\w.~%:@/=&+-]*)?");
    private static final SecureRandom RANDOM = new SecureRandom();

    private final ConsoleCookies cookies;
    private final Pages pages;

    SignInForm(ConsoleCookies cookies, Pages pages) {
        this.cookies = cookies;
        this.pages = pages;
    }

    MutableHttpResponse<?> page(HttpStatus status, HttpRequest<?> request, String view, Object model) {
        // The same for two tabs of one browser.
        String token = token(request).orElseGet(SignInForm::mint);
        return pages.showOpen(status, request, view, model, token)
                .cookie(cookies.make(request, COOKIE, token, Optional.of(LASTS)));
    }

    /// Whether the form came from a page of this browser.
    static boolean isOwn(HttpRequest<?> request, Map<String, Object> form) {
        return token(request)
                .filter(value -> MessageDigest.isEqual(
                        value.getBytes(StandardCharsets.UTF_8),
                        text(form, "csrf").getBytes(StandardCharsets.UTF_8)))
                .isPresent();
    }

    /// The cookie is of no use any more.
    Cookie removal(HttpRequest<?> request) {
        return cookies.remove(request, COOKIE);
    }

    /// Only pages of the console: never somewhere else, or the link to sign in would lead people to strangers.
    static String own(String next) {
        return OWN_PATH.matcher(next).matches() && !next.startsWith("/console/sign-") ? next : HOME;
    }

    static String text(Map<String, Object> form, String field) {
        return form.get(field) instanceof String text ? text : "";
    }

    private static Optional<String> token(HttpRequest<?> request) {
        return request.getCookies().findCookie(COOKIE).map(Cookie::getValue).filter(value -> TOKEN.matcher(value)
                .matches());
    }

    private static String mint() {
        byte[] bytes = new byte[TOKEN_BYTES];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
