package io.belfry.api.document;

import io.micronaut.core.annotation.NonBlocking;
import io.micronaut.core.io.ResourceResolver;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.rules.SecurityRule;
import io.swagger.v3.oas.annotations.Hidden;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The API's own description: `/openapi.json` for tools, `/docs` for people. Everything comes from this server.
@Controller
@Secured(SecurityRule.IS_ANONYMOUS)
@Hidden
@NonBlocking
final class DocumentController {
    private static final Map<String, MediaType> PARTS = Map.of(
            "docs.css", new MediaType("text/css; charset=utf-8"),
            "docs.js", new MediaType("text/javascript; charset=utf-8"),
            "swagger-ui.css", new MediaType("text/css; charset=utf-8"),
            "swagger-ui-bundle.js", new MediaType("text/javascript; charset=utf-8"),
            "swagger-ui-bundle.js.LICENSE.txt", new MediaType("text/plain; charset=utf-8"));

    private final byte[] document;
    private final byte[] page;
    private final Map<String, byte[]> parts;

    DocumentController(ResourceResolver resources) {
        this.document = bytes(resources, "META-INF/swagger/belfry.json");
        this.page = bytes(resources, "docs/index.html");
        this.parts = PARTS.keySet().stream()
                .collect(Collectors.toUnmodifiableMap(Function.identity(), name -> bytes(resources, "docs/" + name)));
    }

    @Get("/openapi.json")
    HttpResponse<byte[]> document() {
        return part(document, MediaType.APPLICATION_JSON_TYPE).header("Access-Control-Allow-Origin", "*");
    }

    /// Tries calls out on this server alone.
    @Get("/docs")
    HttpResponse<byte[]> page() {
        return part(page, new MediaType("text/html; charset=utf-8"))
                .header(
                        "Content-Security-Policy",
                        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:;"
                                + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
                .header("Referrer-Policy", "no-referrer");
    }

    @Get("/docs/{name}")
    Optional<HttpResponse<byte[]>> part(String name) {
        return Optional.ofNullable(PARTS.get(name)).map(type -> part(parts.get(name), type));
    }

    private static MutableHttpResponse<byte[]> part(byte[] bytes, MediaType type) {
        return HttpResponse.ok(bytes)
                .contentType(type)
                .header("Cache-Control", "no-cache")
                .header("X-Content-Type-Options", "nosniff");
    }

    private static byte[] bytes(ResourceResolver resources, String name) {
        try (InputStream in = resources
                .getResourceAsStream("classpath:" + name)
                .orElseThrow(() -> new IllegalStateException("missing from the class path: " + name))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
