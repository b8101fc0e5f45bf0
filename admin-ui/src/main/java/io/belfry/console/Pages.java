package io.belfry.console;

import io.belfry.core.access.Role;
import io.belfry.core.stop.Stop;
import io.belfry.core.stop.Stops;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.views.thymeleaf.ThymeleafViewsRenderer;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Renders the console's pages. A page is rendered as a whole before anything is sent, so that a fault in it is an
/// error page and not half a page. Thread-safe.
@Singleton
public final class Pages {
    private static final Logger LOG = LoggerFactory.getLogger(Pages.class);
    private static final MediaType HTML = new MediaType("text/html; charset=utf-8");
    private static final Duration FLASH_LASTS = Duration.ofMinutes(1);
    /// Marks requests that were answered with a page of ours.
    static final String RENDERED = "belfry.console.rendered";

    private final ThymeleafViewsRenderer<Map<String, Object>> views;
    private final ConsoleCookies cookies;
    private final Assets assets;
    private final Stops stops;

    public Pages(
            ThymeleafViewsRenderer<Map<String, Object>> views, ConsoleCookies cookies, Assets assets, Stops stops) {
        this.views = views;
        this.cookies = cookies;
        this.assets = assets;
        this.stops = stops;
    }

    /// A page, or a part of one (`template :: part`).
    ///
    /// @param view below `views/console`; its folder names the section
    /// @param model what the template sees as `m`
    public MutableHttpResponse<String> show(Visit visit, String view, Object model) {
        return render(HttpStatus.OK, visit.request(), view, model, frame(visit, view));
    }

    /// The same page again with what was typed, and what is wrong with it.
    public MutableHttpResponse<String> refuse(Visit visit, String view, Object model) {
        return render(HttpStatus.UNPROCESSABLE_ENTITY, visit.request(), view, model, frame(visit, view));
    }

    /// Asks before an act: where scripts run as a dialog over the page that asks, else as a page.
    ///
    /// @param section the entry of the navigation that is current
    public MutableHttpResponse<String> ask(Visit visit, String section, Question question) {
        HttpStatus status = question.problem() == null ? HttpStatus.OK : HttpStatus.UNPROCESSABLE_ENTITY;
        String view = visit.wantsFragment() ? "question :: ask" : "question";
        return render(status, visit.request(), view, question, frame(visit, section));
    }

    /// For somebody who is not signed in.
    public MutableHttpResponse<String> showOpen(
            HttpStatus status, HttpRequest<?> request, String view, Object model, String csrf) {
        return render(status, request, view, model, openFrame(request, csrf));
    }

    /// What the operator looked for is not there.
    public MutableHttpResponse<String> notFound(Visit visit, String what) {
        return error(HttpStatus.NOT_FOUND, visit.request(), "There is no such " + what + ". It may have been removed.");
    }

    MutableHttpResponse<String> error(HttpStatus status, HttpRequest<?> request, String detail) {
        Frame frame = Visit.of(request).map(v -> frame(v, "error")).orElseGet(() -> openFrame(request, ""));
        return render(status, request, "error", new ErrorModel(status.getCode(), title(status), detail), frame);
    }

    /// What error pages say.
    record ErrorModel(int status, String title, String detail) {}

    /// After an act: the page that shows its outcome.
    public MutableHttpResponse<?> go(Visit visit, String path, Flash flash) {
        return HttpResponse.seeOther(URI.create(path))
                .cookie(cookies.make(visit.request(), ConsoleCookies.FLASH, flash.encode(), Optional.of(FLASH_LASTS)));
    }

    private MutableHttpResponse<String> render(
            HttpStatus status, HttpRequest<?> request, String view, Object model, Frame frame) {
        StringWriter html = new StringWriter(16_384);
        try {
            views.render("console/" + view, Map.of("m", model, "f", frame), request)
                    .writeTo(html);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        request.setAttribute(RENDERED, view);
        MutableHttpResponse<String> page = HttpResponse.<String>status(status)
                .contentType(HTML)
                .characterEncoding(StandardCharsets.UTF_8)
                .body(html.toString());
        if (frame.flash() != null && !view.contains("::")) {
            page.cookie(cookies.remove(request, ConsoleCookies.FLASH));
        }
        return page;
    }

    private Frame frame(Visit visit, String view) {
        return new Frame(
                view.replaceFirst("/.*", ""),
                visit.operator().name(),
                visit.operator().email(),
                visit.operator().role().label(),
                visit.may(Role.EDITOR),
                visit.may(Role.BROADCASTER),
                visit.may(Role.ADMIN),
                visit.session().csrf().mint(),
                ContentPolicy.nonce(visit.request()),
                assets.base(),
                inForce(),
                visit.flash().orElse(null));
    }

    /// A page about a database that is down must not need it.
    private List<Stop> inForce() {
        try {
            return stops.list();
        } catch (JdbiException e) {
            LOG.warn("Stops could not be looked up: {}", e.getMessage());
            return List.of();
        }
    }

    private Frame openFrame(HttpRequest<?> request, String csrf) {
        return new Frame(
                "",
                "",
                "",
                "",
                false,
                false,
                false,
                csrf,
                ContentPolicy.nonce(request),
                assets.base(),
                List.of(),
                null);
    }

    private static String title(HttpStatus status) {
        return switch (status) {
            case NOT_FOUND -> "Nothing is here";
            case FORBIDDEN -> "That is not allowed";
            case TOO_MANY_REQUESTS -> "Too many tries";
            case SERVICE_UNAVAILABLE -> "Not available at the moment";
            case INTERNAL_SERVER_ERROR -> "Something broke";
            default -> status.getReason();
        };
    }
}
