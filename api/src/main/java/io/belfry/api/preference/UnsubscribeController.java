package io.belfry.api.preference;

import io.belfry.core.category.Categories;
import io.belfry.core.category.Category;
import io.belfry.core.category.Medium;
import io.belfry.core.preference.Chosen;
import io.belfry.core.preference.Preferences;
import io.belfry.core.preference.UnsubscribeLinks;
import io.belfry.core.preference.UserPreferences;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.rules.SecurityRule;
import io.swagger.v3.oas.annotations.Hidden;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Where a signed link leads. Looking at it changes nothing, since mail scanners look at every link; the page's button,
/// or a mail program on the user's behalf (RFC 8058), posts `List-Unsubscribe=One-Click`.
@Controller(UnsubscribeController.PATH)
@Secured(SecurityRule.IS_ANONYMOUS)
@ExecuteOn(TaskExecutors.BLOCKING)
@Hidden
final class UnsubscribeController {
    static final String PATH = "/unsubscribe";
    private static final String ONE_CLICK = "List-Unsubscribe=One-Click";
    private static final MediaType HTML = new MediaType("text/html; charset=utf-8");

    private final UnsubscribeLinks links;
    private final UserPreferences preferences;
    private final Categories categories;

    UnsubscribeController(UnsubscribeLinks links, UserPreferences preferences, Categories categories) {
        this.links = links;
        this.preferences = preferences;
        this.categories = categories;
    }

    @Get("/{token}")
    MutableHttpResponse<byte[]> ask(String token) {
        return links.read(token)
                .map(subject -> page(
                        HttpStatus.OK,
                        "Unsubscribe?",
                        words(subject) + "<form method=\"post\"><input type=\"hidden\" name=\"List-Unsubscribe\""
                                + " value=\"One-Click\"><button>Unsubscribe</button></form>"))
                .orElseGet(UnsubscribeController::unknown);
    }

    @Post("/{token}")
    @Consumes({MediaType.APPLICATION_FORM_URLENCODED, MediaType.MULTIPART_FORM_DATA})
    MutableHttpResponse<byte[]> act(String token, @Body byte[] body) {
        Optional<UnsubscribeLinks.Subject> subject = links.read(token);
        if (subject.isEmpty()) {
            return unknown();
        }
        if (!saysOneClick(body)) {
            return page(HttpStatus.BAD_REQUEST, "Not unsubscribed", "<p>Expected: " + ONE_CLICK + "</p>");
        }
        preferences.change(subject.get().user().value(), chosen -> without(chosen, subject.get()));
        return page(HttpStatus.OK, "You are unsubscribed", words(subject.get()));
    }

    /// Url-encoded or multipart, it is this one field.
    private static boolean saysOneClick(byte[] body) {
        String form = new String(body, StandardCharsets.UTF_8);
        return form.contains("List-Unsubscribe") && form.contains("One-Click");
    }

    private static Chosen without(Chosen chosen, UnsubscribeLinks.Subject subject) {
        Preferences was = chosen.preferences();
        var media = new EnumMap<Medium, Boolean>(Medium.class);
        media.putAll(was.choices().getOrDefault(subject.category(), Map.of()));
        media.put(subject.medium(), false);
        var choices = new HashMap<>(was.choices());
        choices.put(subject.category(), media);
        return new Chosen(
                new Preferences(choices, was.mutedTopics(), was.pausedUntil(), was.quietHours()), chosen.timeZone());
    }

    private String words(UnsubscribeLinks.Subject subject) {
        String name = categories.find(subject.category()).map(Category::name).orElse(subject.category());
        String what =
                switch (subject.medium()) {
                    case INBOX -> "Notifications";
                    case LIVE -> "Live alerts";
                    case PUSH -> "Mobile pushes";
                };
        return "<p>" + what + " of the category <b>" + escaped(name) + "</b></p>";
    }

    private static MutableHttpResponse<byte[]> unknown() {
        return page(HttpStatus.NOT_FOUND, "This link does not work", "<p>It is incomplete, or was not made here.</p>");
    }

    private static MutableHttpResponse<byte[]> page(HttpStatus status, String title, String content) {
        String page = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\""
                + " content=\"width=device-width\"><meta name=\"robots\" content=\"noindex\"><title>" + title
                + "</title><style>body{font:1rem/1.5 system-ui,sans-serif;margin:15vh auto;max-width:28rem;padding:0 1rem}"
                + "button{font:inherit;padding:.6rem 1.2rem;border-radius:.4rem;border:0;background:#1f2937;color:#fff}"
                + "</style><main><h1>" + title + "</h1>" + content + "</main></html>";
        return HttpResponse.status(status)
                .contentType(HTML)
                .header("Cache-Control", "no-store")
                .header("Referrer-Policy", "no-referrer")
                .header("X-Content-Type-Options", "nosniff")
                .header(
                        "Content-Security-Policy",
                        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none';"
                                + " frame-ancestors 'none'")
                .body(page.getBytes(StandardCharsets.UTF_8));
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
