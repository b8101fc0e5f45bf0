package io.belfry.console;

import io.micronaut.core.annotation.NonBlocking;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Produces;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.rules.SecurityRule;

/// Serves [Assets] from memory.
@Controller("/console/assets")
@Secured(SecurityRule.IS_ANONYMOUS)
@Produces(MediaType.ALL)
@Open
@NonBlocking
final class AssetsController {
    private static final String FOR_EVER = "public, max-age=31536000, immutable";
    private static final String SHORTLY = "public, max-age=60";

    private final Assets assets;

    AssetsController(Assets assets) {
        this.assets = assets;
    }

    /// @param version of the page that asks; a page of before an update gets the new file, but keeps it shortly
    @Get("/{version}/{+name}")
    MutableHttpResponse<?> file(@PathVariable String version, @PathVariable String name) {
        return assets.find(name)
                .<MutableHttpResponse<?>>map(asset -> HttpResponse.ok(asset.bytes())
                        .contentType(new MediaType(asset.type()))
                        .header(HttpHeaders.CACHE_CONTROL, assets.base().endsWith("/" + version) ? FOR_EVER : SHORTLY))
                .orElseGet(HttpResponse::notFound);
    }
}
