package io.belfry.console;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.cookie.Cookie;
import io.micronaut.http.cookie.SameSite;
import io.micronaut.http.server.util.HttpHostResolver;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;

/// The console's cookies: for its own pages, not for scripts, not sent along from other sites, over TLS only where
/// there is TLS.
@Singleton
public final class ConsoleCookies {
    /// Holds a session's token.
    public static final String SESSION = "belfry_console";
    /// Holds a [Flash].
    static final String FLASH = "belfry_flash";

    private final HttpHostResolver hosts;

    public ConsoleCookies(HttpHostResolver hosts) {
        this.hosts = hosts;
    }

    /// @param lasting as long as the browser runs when empty
    public Cookie make(HttpRequest<?> request, String name, String value, Optional<Duration> lasting) {
        Cookie cookie = Cookie.of(name, value)
                .path("/console")
                .httpOnly(true)
                .sameSite(SameSite.Strict)
                .secure(origin(request).startsWith("https://"));
        lasting.ifPresent(time -> cookie.maxAge(time.toSeconds()));
        return cookie;
    }

    public Cookie remove(HttpRequest<?> request, String name) {
        return make(request, name, "", Optional.of(Duration.ZERO));
    }

    static Optional<String> value(HttpRequest<?> request, String name) {
        return request.getCookies().findCookie(name).map(Cookie::getValue);
    }

    /// Scheme, host and port as the browser sees them.
    String origin(HttpRequest<?> request) {
        return hosts.resolve(request);
    }
}
