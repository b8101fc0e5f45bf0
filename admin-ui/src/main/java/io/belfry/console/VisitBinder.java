package io.belfry.console;

import io.micronaut.core.convert.ArgumentConversionContext;
import io.micronaut.core.type.Argument;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.bind.binders.TypedRequestArgumentBinder;
import jakarta.inject.Singleton;

/// Hands the [Visit] that [Gate] admitted to controller methods. Without one the method is not called.
@Singleton
final class VisitBinder implements TypedRequestArgumentBinder<Visit> {
    @Override
    public Argument<Visit> argumentType() {
        return Argument.of(Visit.class);
    }

    @Override
    public BindingResult<Visit> bind(ArgumentConversionContext<Visit> context, HttpRequest<?> request) {
        return () -> Visit.of(request);
    }
}
