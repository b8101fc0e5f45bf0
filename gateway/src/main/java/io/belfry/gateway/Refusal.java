package io.belfry.gateway;

import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MutableHttpResponse;

/// The answer to a request that is not granted, as a problem (RFC 9457).
final class Refusal {
    private Refusal() {}

    static MutableHttpResponse<?> of(HttpStatus status, String detail) {
        String body = "{\"type\":\"about:blank\",\"title\":\"" + status.getReason() + "\",\"status\":"
                + status.getCode() + ",\"detail\":\"" + detail + "\"}";
        return HttpResponse.status(status)
                .contentType("application/problem+json")
                .body(body);
    }
}
