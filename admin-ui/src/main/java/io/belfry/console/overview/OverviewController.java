package io.belfry.console.overview;

import io.belfry.console.Needs;
import io.belfry.console.Pages;
import io.belfry.console.Visit;
import io.belfry.core.access.Role;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.rules.SecurityRule;
import java.util.Optional;

/// The first page: what the installation does right now.
@Controller("/console")
@Secured(SecurityRule.IS_ANONYMOUS)
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
@Needs(Role.VIEWER)
final class OverviewController {
    private final Pages pages;
    private final Figures figures;
    private final Curves curves;

    OverviewController(Pages pages, Figures figures, Curves curves) {
        this.pages = pages;
        this.figures = figures;
        this.curves = curves;
    }

    @Get
    MutableHttpResponse<?> page(Visit visit) {
        return pages.show(visit, "overview/page", figures.now(visit));
    }

    /// The parts of the page that change, which the page asks for every two seconds.
    @Get("/overview/now")
    MutableHttpResponse<?> now(Visit visit) {
        return pages.show(visit, "overview/now :: now", figures.now(visit));
    }

    /// What the page's charts show.
    ///
    /// @param span `1h`, `6h` or `24h`
    @Get("/overview/curves")
    @Produces(MediaType.APPLICATION_JSON)
    MutableHttpResponse<Curves.Curve> curves(@QueryValue Optional<String> span, Visit visit) {
        return HttpResponse.ok(curves.of(Curves.Span.ofLabel(span))).contentType(MediaType.APPLICATION_JSON_TYPE);
    }
}
