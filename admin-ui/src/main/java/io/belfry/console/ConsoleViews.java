package io.belfry.console;

import io.micronaut.context.annotation.Replaces;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.annotation.Filter;
import io.micronaut.views.ViewsFilter;
import io.micronaut.views.ViewsModelDecorator;
import io.micronaut.views.ViewsRendererLocator;
import io.micronaut.views.ViewsResolver;
import io.micronaut.views.turbo.TurboFrameRenderer;

/// Keeps the library's filter to the console: it looks at every answer of the server for a view to render, and those of
/// the API never have one.
@Filter("/console/**")
@Replaces(ViewsFilter.class)
final class ConsoleViews extends ViewsFilter {
    ConsoleViews(
            @Nullable ViewsResolver resolver,
            @Nullable ViewsRendererLocator renderers,
            @Nullable ViewsModelDecorator decorator,
            @Nullable TurboFrameRenderer frames) {
        super(resolver, renderers, decorator, frames);
    }
}
