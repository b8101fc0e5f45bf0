package io.belfry.api.problem;

import io.belfry.core.database.DatabaseFault;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.server.exceptions.ExceptionHandler;
import jakarta.inject.Singleton;
import java.time.Duration;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a caller is told when the database failed: 503 where it is away, and the same may work later; 500 where it
/// refused what this code asked, which is a bug.
@Singleton
final class DatabaseRefusal implements ExceptionHandler<JdbiException, MutableHttpResponse<?>> {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseRefusal.class);
    private static final Duration RETRY = Duration.ofSeconds(1);

    @Override
    public MutableHttpResponse<?> handle(@SuppressWarnings("rawtypes") HttpRequest request, JdbiException failure) {
        if (DatabaseFault.isPassing(failure)) {
            LOG.warn("{} {} found no database: {}", request.getMethodName(), request.getPath(), failure.getMessage());
            return Problem.unavailable().response(RETRY);
        }
        LOG.error("{} {} failed", request.getMethodName(), request.getPath(), failure);
        return Problem.internal().response();
    }
}
