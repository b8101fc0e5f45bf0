package io.belfry.api.document;

import io.belfry.api.problem.Problem;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// Documents that a key may send so much and no more.
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@ApiResponse(
        responseCode = "429",
        description =
                "The API key sent more than it may; nothing was accepted. See `Retry-After`. Every answer tells in "
                        + "`RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset` (seconds) how many events are left.",
        content = @Content(mediaType = Problem.MEDIA_TYPE, schema = @Schema(implementation = Problem.class)))
public @interface RefusesTooMany {}
