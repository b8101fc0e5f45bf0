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
import java.util.Map;

/// The first page: what the installation does right now.
@Controller("/console")
@Secured(SecurityRule.IS_ANONYMOUS)
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
@Needs(Role.VIEWER)
final class OverviewController {
    private final Pages pages;

    OverviewController(Pages pages) {
        this.pages = pages;
    }

    @Get
    MutableHttpResponse<?> page(Visit visit) {
        return pages.show(visit, "overview/page", Map.of());
    }
}
