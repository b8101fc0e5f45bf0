package io.belfry.testkit.fcm;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;

/// The phone's page and its parts, read once from the class path.
final class Pages {

    /// Strict, except that any page may embed the phone: the demo does, from another port.
    private static final Map<String, String> HEADERS = Map.of(
            "Content-Security-Policy",
            "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:;"
                    + " base-uri 'none'; form-action 'none'; frame-ancestors *",
            "X-Content-Type-Options",
            "nosniff",
            "Referrer-Policy",
            "no-referrer",
            "Cache-Control",
            "no-cache");

    private final Answer overview = load("overview.html", "text/html; charset=UTF-8");
    private final Answer phone = load("phone.html", "text/html; charset=UTF-8");
    private final Map<String, Answer> assets = Map.of(
            "/assets/phone.css", load("phone.css", "text/css; charset=UTF-8"),
            "/assets/phone.js", load("phone.js", "text/javascript; charset=UTF-8"),
            "/assets/overview.css", load("overview.css", "text/css; charset=UTF-8"),
            "/assets/overview.js", load("overview.js", "text/javascript; charset=UTF-8"));

    Optional<Answer> at(String path) {
        if (path.equals("/")) {
            return Optional.of(overview);
        }
        if (path.startsWith("/phone/") || path.equals("/phone")) {
            return Optional.of(phone);
        }
        return Optional.ofNullable(assets.get(path));
    }

    private static Answer load(String name, String type) {
        try (InputStream in = Pages.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("missing from the class path: " + name);
            }
            return new Answer(200, type, in.readAllBytes(), HEADERS, "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
