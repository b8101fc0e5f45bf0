package io.belfry.api.json;

import io.belfry.api.problem.Problem;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;

/// Refuses compressed bodies before they are read: a few bytes of one can become a gigabyte.
@ServerFilter("/v1/**")
final class PlainBodies {
    @RequestFilter
    @Nullable
    HttpResponse<?> refuseCompressed(HttpRequest<?> request) {
        boolean plain = request.getHeaders()
                .findFirst(HttpHeaders.CONTENT_ENCODING)
                .map(encoding -> encoding.equalsIgnoreCase("identity"))
                .orElse(true);
        return plain
                ? null
                : Problem.unsupportedMediaType("Content-Encoding (expected: a body that is not compressed)")
                        .response();
    }
}
