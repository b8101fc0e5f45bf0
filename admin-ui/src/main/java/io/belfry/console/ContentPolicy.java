package io.belfry.console;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.MutableHttpHeaders;
import java.security.SecureRandom;
import java.util.Base64;

/// The headers that keep a browser from doing with the console's pages what they were not made for. Scripts run only
/// with the nonce of their page; there are no inline handlers or styles.
final class ContentPolicy {
    private static final String NONCE = "belfry.console.nonce";
    private static final SecureRandom RANDOM = new SecureRandom();

    private ContentPolicy() {}

    /// The nonce of this request's page; the same at each call.
    static String nonce(HttpRequest<?> request) {
        return request.getAttribute(NONCE, String.class).orElseGet(() -> {
            byte[] bytes = new byte[16];
            RANDOM.nextBytes(bytes);
            String nonce = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
            request.setAttribute(NONCE, nonce);
            return nonce;
        });
    }

    static void apply(HttpRequest<?> request, MutableHttpHeaders headers) {
        headers.set(
                "Content-Security-Policy",
                "default-src 'none'; script-src 'nonce-" + nonce(request)
                        + "'; style-src 'self'; img-src 'self' data:; "
                        + "font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; "
                        + "base-uri 'none'; object-src 'none'");
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("X-Frame-Options", "DENY");
        headers.set("Referrer-Policy", "same-origin");
        headers.set("Cross-Origin-Opener-Policy", "same-origin");
        headers.set("Cross-Origin-Resource-Policy", "same-origin");
        headers.set("Permissions-Policy", "camera=(), geolocation=(), microphone=()");
    }
}
