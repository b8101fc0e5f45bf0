package io.belfry.api.problem;

import io.micronaut.http.HttpStatus;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.server.exceptions.response.ErrorContext;
import io.micronaut.http.server.exceptions.response.ErrorResponseProcessor;
import jakarta.inject.Singleton;
import java.util.stream.Collectors;

/// Makes a [Problem] of what the framework itself refuses: no such route or method, a parameter that is no number, a
/// body that is too large. Tells nothing of what happened inside.
@Singleton
final class UnhandledError implements ErrorResponseProcessor<Object> {
    @Override
    public MutableHttpResponse<Object> processResponse(ErrorContext context, MutableHttpResponse<?> response) {
        return response.contentType(Problem.MEDIA_TYPE).body(problem(context, response.code()));
    }

    private static Problem problem(ErrorContext context, int status) {
        return switch (status) {
            case 401 -> Problem.unauthorized();
            case 403 -> Problem.forbidden();
            case 404 -> Problem.notFound("resource");
            case 405 -> Problem.methodNotAllowed();
            case 406 -> Problem.notAcceptable();
            case 413 -> Problem.tooLarge(messages(context));
            case 415 -> Problem.unsupportedMediaType(messages(context));
            default -> other(context, HttpStatus.valueOf(status));
        };
    }

    private static Problem other(ErrorContext context, HttpStatus status) {
        if (status == HttpStatus.SERVICE_UNAVAILABLE) {
            return Problem.unavailable();
        }
        return status.getCode() >= 500 ? Problem.internal() : Problem.malformed(messages(context));
    }

    private static String messages(ErrorContext context) {
        return context.getErrors().stream().map(error -> error.getMessage()).collect(Collectors.joining("; "));
    }
}
