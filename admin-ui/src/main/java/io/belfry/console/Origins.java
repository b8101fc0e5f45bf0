package io.belfry.console;

import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import jakarta.inject.Singleton;

/// Tells requests that the console's own pages made from those that other sites made. What a browser says about itself
/// is enough to refuse, never to admit: a form's token is checked as well.
@Singleton
public final class Origins {
    private static final String FETCH_SITE = "Sec-Fetch-Site";

    private final ConsoleCookies cookies;

    public Origins(ConsoleCookies cookies) {
        this.cookies = cookies;
    }

    /// Whether the browser says that another site made this request.
    public boolean isForeign(HttpRequest<?> request) {
        HttpHeaders headers = request.getHeaders();
        String site = headers.get(FETCH_SITE);
        String origin = headers.get(HttpHeaders.ORIGIN);
        if (site != null && !site.equals("same-origin") && !site.equals("none")) {
            return true;
        }
        return origin != null && !origin.equalsIgnoreCase(cookies.origin(request));
    }

    /// Whether a link on another site led here. The browser then holds back the session's cookie (SameSite=Strict).
    static boolean isLinkFromElsewhere(HttpRequest<?> request) {
        HttpHeaders headers = request.getHeaders();
        return "cross-site".equals(headers.get(FETCH_SITE)) && "navigate".equals(headers.get("Sec-Fetch-Mode"));
    }
}
