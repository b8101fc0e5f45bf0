package io.belfry.console;

import io.belfry.core.access.Operator;
import io.belfry.core.access.OperatorSession;
import io.belfry.core.access.OperatorSessions;
import io.belfry.core.access.OperatorSettings;
import io.belfry.core.access.Role;
import io.belfry.core.access.SecondFactorPolicy;
import io.micronaut.core.annotation.AnnotationMetadata;
import io.micronaut.core.annotation.AnnotationMetadataProvider;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.core.order.Ordered;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpMethod;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.ServerHttpRequest;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ResponseFilter;
import io.micronaut.http.annotation.ServerFilter;
import io.micronaut.http.filter.ServerFilterPhase;
import io.micronaut.http.server.util.HttpClientAddressResolver;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.web.router.RouteAttributes;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Every request to the console passes here, in this order: where it comes from, whose session it is, whether a form
/// belongs to that session, what role the route needs. What passes becomes a [Visit]. Knows only the console's own
/// cookie: an API key or an end user's token opens nothing here.
@ServerFilter("/console/**")
final class Gate implements Ordered {
    private static final Logger LOG = LoggerFactory.getLogger(Gate.class);
    private static final int MAX_FORM_BYTES = 512 * 1024;
    private static final String CSRF = "csrf";
    private static final String OWN_PASSWORD = "/console/account/password";
    private static final String SECOND_FACTOR = "/console/account/second-factor";

    private final OperatorSessions sessions;
    private final OperatorSettings settings;
    private final Origins origins;
    private final HttpClientAddressResolver addresses;
    private final Acts acts;
    private final Pages pages;

    Gate(
            OperatorSessions sessions,
            OperatorSettings settings,
            Origins origins,
            HttpClientAddressResolver addresses,
            Acts acts,
            Pages pages) {
        this.sessions = sessions;
        this.settings = settings;
        this.origins = origins;
        this.addresses = addresses;
        this.acts = acts;
        this.pages = pages;
    }

    /// Before the checks of bearers, which are not for these pages.
    @Override
    public int getOrder() {
        return ServerFilterPhase.SECURITY.before();
    }

    @RequestFilter
    @ExecuteOn(TaskExecutors.BLOCKING)
    @Nullable
    MutableHttpResponse<?> guard(HttpRequest<?> request) {
        MutableHttpResponse<?> refusal = admit(request);
        // A filter's own answer does not pass its response method.
        return refusal == null ? null : harden(request, refusal);
    }

    private MutableHttpResponse<?> admit(HttpRequest<?> request) {
        Optional<AnnotationMetadata> route =
                RouteAttributes.getRouteMatch(request).map(AnnotationMetadataProvider::getAnnotationMetadata);
        boolean changes = request.getMethod() != HttpMethod.GET && request.getMethod() != HttpMethod.HEAD;
        if (changes && origins.isForeign(request)) {
            return pages.error(HttpStatus.FORBIDDEN, request, "The request came from another site.");
        }
        if (route.filter(r -> r.hasAnnotation(Open.class)).isPresent()) {
            return null;
        }
        try {
            return admit(request, route, changes);
        } catch (RuntimeException e) {
            LOG.error("The session could not be looked up", e);
            return pages.error(HttpStatus.SERVICE_UNAVAILABLE, request, "The database cannot be reached. Try again.");
        }
    }

    private MutableHttpResponse<?> admit(HttpRequest<?> request, Optional<AnnotationMetadata> route, boolean changes) {
        Optional<OperatorSession> session =
                ConsoleCookies.value(request, ConsoleCookies.SESSION).flatMap(sessions::find);
        if (session.isEmpty()) {
            return signIn(request);
        }
        Optional<Form> form = changes ? form(request) : Optional.of(Form.NONE);
        if (form.isEmpty()) {
            return pages.error(HttpStatus.BAD_REQUEST, request, "The form could not be read.");
        }
        Visit visit = new Visit(
                request,
                session.get(),
                addresses.resolve(request),
                form.get(),
                ConsoleCookies.value(request, ConsoleCookies.FLASH).flatMap(Flash::decode));
        if (changes && !session.get().csrf().isValid(form.get().raw(CSRF))) {
            refused(visit, "forged form");
            return pages.error(
                    HttpStatus.FORBIDDEN,
                    request,
                    "The form does not belong to your session. Go back, reload the page and try again.");
        }
        request.setAttribute(Visit.ATTRIBUTE, visit);
        if (route.isEmpty()) {
            return pages.error(HttpStatus.NOT_FOUND, request, detail(HttpStatus.NOT_FOUND));
        }
        return checkRole(visit, route.get());
    }

    private MutableHttpResponse<?> checkRole(Visit visit, AnnotationMetadata route) {
        Role needed = route.enumValue(Needs.class, Role.class)
                .orElseThrow(() -> new IllegalStateException("a route of the console says not who may use it"));
        Optional<String> first = dueFirst(visit.operator(), route);
        if (first.isPresent()) {
            return lead(visit.request(), first.get());
        }
        if (visit.may(needed)) {
            return null;
        }
        refused(visit, "needs the role " + needed.label());
        return pages.error(
                HttpStatus.FORBIDDEN,
                visit.request(),
                "This needs the role " + needed.label() + ". You have the role "
                        + visit.operator().role().label() + "; an administrator can change that.");
    }

    /// Where an account has to be made ready before it can be used for this.
    private Optional<String> dueFirst(Operator operator, AnnotationMetadata route) {
        if (route.booleanValue(Needs.class, "evenWithOneTimePassword").orElse(false)) {
            return Optional.empty();
        }
        if (operator.oneTimeUntil().isPresent()) {
            return Optional.of(OWN_PASSWORD);
        }
        boolean isMissing = settings.secondFactor() == SecondFactorPolicy.REQUIRED
                && operator.secondFactorSince().isEmpty();
        boolean goesWithout =
                route.booleanValue(Needs.class, "evenWithoutSecondFactor").orElse(false);
        return isMissing && !goesWithout ? Optional.of(SECOND_FACTOR) : Optional.empty();
    }

    private void refused(Visit visit, String why) {
        HttpRequest<?> request = visit.request();
        acts.record(visit, "refused", request.getMethodName() + " " + request.getPath(), Map.of("why", why));
    }

    private MutableHttpResponse<?> signIn(HttpRequest<?> request) {
        if (Origins.isLinkFromElsewhere(request) && request.getMethod() == HttpMethod.GET) {
            return pages.showOpen(HttpStatus.OK, request, "arriving", Map.of(), "");
        }
        boolean page =
                request.getMethod() == HttpMethod.GET && !request.getHeaders().contains("HX-Request");
        String next = page ? "?next=" + URLEncoder.encode(request.getUri().toString(), StandardCharsets.UTF_8) : "";
        return lead(request, "/console/sign-in" + next);
    }

    private static MutableHttpResponse<?> lead(HttpRequest<?> request, String path) {
        return request.getHeaders().contains("HX-Request")
                ? HttpResponse.noContent().header("HX-Redirect", path)
                : HttpResponse.seeOther(URI.create(path));
    }

    private static Optional<Form> form(HttpRequest<?> request) {
        boolean isForm = request.getContentType()
                .filter(type -> type.matches(MediaType.APPLICATION_FORM_URLENCODED_TYPE))
                .isPresent();
        if (!isForm || !(request instanceof ServerHttpRequest<?> server)) {
            return Optional.of(Form.NONE);
        }
        try (InputStream body = server.byteBody().toInputStream()) {
            byte[] bytes = body.readNBytes(MAX_FORM_BYTES + 1);
            return bytes.length > MAX_FORM_BYTES
                    ? Optional.empty()
                    : Optional.of(Form.parse(new String(bytes, StandardCharsets.UTF_8)));
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /// Gives every answer its headers, and every error that is not a page yet its page.
    @ResponseFilter
    MutableHttpResponse<?> harden(HttpRequest<?> request, MutableHttpResponse<?> response) {
        MutableHttpResponse<?> answer = response;
        int status = response.code();
        if (status >= 400 && request.getAttribute(Pages.RENDERED).isEmpty()) {
            HttpStatus shown = HttpStatus.valueOf(status);
            answer = pages.error(shown, request, detail(shown));
        }
        ContentPolicy.apply(request, answer.getHeaders());
        if (!answer.getHeaders().contains(HttpHeaders.CACHE_CONTROL)) {
            answer.header(HttpHeaders.CACHE_CONTROL, "no-store");
        }
        return answer;
    }

    private static String detail(HttpStatus status) {
        return switch (status) {
            case NOT_FOUND -> "The address may be mistyped, or what it named was removed.";
            case INTERNAL_SERVER_ERROR -> "The fault is in the log of this node. Nothing else is known here.";
            case SERVICE_UNAVAILABLE -> "Try again in a moment.";
            default -> "The request could not be understood.";
        };
    }
}
