package io.belfry.api.problem;

import io.belfry.core.database.DatabaseFault;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.server.exceptions.ExceptionHandler;
import jakarta.inject.Singleton;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a caller is told when a statement failed: 503 while the database cannot work, 500 when the fault is ours.
@Singleton
final class DatabaseAway implements ExceptionHandler<JdbiException, MutableHttpResponse<?>> {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseAway.class);
    private static final String RETRY_AFTER_SECONDS = "1";

    @Override
    public MutableHttpResponse<?> handle(@SuppressWarnings("rawtypes") HttpRequest request, JdbiException failure) {
        if (DatabaseFault.isPassing(failure)) {
            LOG.debug("{} {} found no database", request.getMethodName(), request.getPath(), failure);
            return Problem.unavailable().response().header(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
        }
        LOG.error("{} {} failed", request.getMethodName(), request.getPath(), failure);
        return Problem.internal().response();
    }
}
