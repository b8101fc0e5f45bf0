package io.belfry.console.overview;

import io.belfry.console.Needs;
import io.belfry.console.Pages;
import io.belfry.console.Visit;
import io.belfry.core.access.Role;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.rules.SecurityRule;

/// The first page: what the installation does right now.
@Controller("/console")
@Secured(SecurityRule.IS_ANONYMOUS)
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
@Needs(Role.VIEWER)
final class OverviewController {
    private final Pages pages;
    private final Figures figures;

    OverviewController(Pages pages, Figures figures) {
        this.pages = pages;
        this.figures = figures;
    }

    @Get
    MutableHttpResponse<?> page(Visit visit) {
        return pages.show(visit, "overview/page", figures.now());
    }

    /// The part of the page that changes, which the page asks for every two seconds.
    @Get("/overview/now")
    MutableHttpResponse<?> now(Visit visit) {
        return pages.show(visit, "overview/page :: now", figures.now());
    }
}
