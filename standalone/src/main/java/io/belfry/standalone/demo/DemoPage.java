package io.belfry.standalone.demo;

import io.micronaut.context.annotation.Requires;
import io.micronaut.core.annotation.NonBlocking;
import io.micronaut.core.io.ResourceResolver;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.rules.SecurityRule;
import io.micronaut.serde.annotation.Serdeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The demo page and its parts, for a demo only: it hands users' tokens to whoever asks.
@Controller("/demo")
@Secured(SecurityRule.IS_ANONYMOUS)
@Requires(property = "belfry.demo.enabled", value = "true")
@NonBlocking
final class DemoPage {
    private static final Map<String, MediaType> PARTS = Map.of(
            "demo.css", new MediaType("text/css; charset=utf-8"),
            "demo.js", new MediaType("text/javascript; charset=utf-8"),
            "log.js", new MediaType("text/javascript; charset=utf-8"),
            "people.js", new MediaType("text/javascript; charset=utf-8"),
            "composer.js", new MediaType("text/javascript; charset=utf-8"));

    private final DemoSettings settings;
    private final ResourceResolver resources;

    DemoPage(DemoSettings settings, ResourceResolver resources) {
        this.settings = settings;
        this.resources = resources;
    }

    /// @param phone the page that shows the pushes of this user's phone
    @Serdeable
    record Person(String id, String token, Optional<String> phone) {
        @Override
        public String toString() {
            return "Person[id=" + id + ", token=[REDACTED]]";
        }
    }

    @Serdeable
    record Cast(List<Person> people) {}

    @Get
    HttpResponse<byte[]> page() {
        return part("index.html", MediaType.TEXT_HTML_TYPE)
                .header(
                        "Content-Security-Policy",
                        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:;"
                                + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
                                + settings.simulator()
                                        .map(url -> "; frame-src " + url)
                                        .orElse(""))
                .header("Referrer-Policy", "no-referrer");
    }

    @Get("/parts/{name}")
    Optional<HttpResponse<byte[]>> part(String name) {
        return Optional.ofNullable(PARTS.get(name)).map(type -> part(name, type));
    }

    @Get("/people")
    HttpResponse<Cast> people() {
        List<Person> people = settings.users().stream()
                .map(user -> new Person(
                        user.id(), user.token(), settings.simulator().map(url -> url + "/phone/" + user.phone())))
                .toList();
        return HttpResponse.ok(new Cast(people)).header("Cache-Control", "no-store");
    }

    private MutableHttpResponse<byte[]> part(String name, MediaType type) {
        try (InputStream in = resources
                .getResourceAsStream("classpath:demo/" + name)
                .orElseThrow(() -> new IllegalStateException("missing from the class path: demo/" + name))) {
            return HttpResponse.ok(in.readAllBytes())
                    .contentType(type)
                    .header("Cache-Control", "no-cache")
                    .header("X-Content-Type-Options", "nosniff");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
