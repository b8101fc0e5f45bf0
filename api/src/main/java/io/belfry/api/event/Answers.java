package io.belfry.api.event;

import io.belfry.api.problem.Problem;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/// What whoever sent events is answered, in whatever form they came.
final class Answers {
    private Answers() {}

    static MutableHttpResponse<?> one(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Accepted(UUID id, Instant at) -> accepted(id, at);
            case Outcome.Replayed(UUID id, Instant at) -> accepted(id, at).header("Idempotency-Replayed", "true");
            case Outcome.Refused(Problem problem) ->
                problem.status() == 503 || problem.status() == 409
                        ? problem.response(Reception.RETRY)
                        : problem.response();
        };
    }

    private static MutableHttpResponse<EventsController.Accepted> accepted(UUID id, Instant acceptedAt) {
        return HttpResponse.<EventsController.Accepted>accepted()
                .contentType(MediaType.APPLICATION_JSON_TYPE)
                .body(EventsController.Accepted.of(id, acceptedAt));
    }

    /// 202 where all were accepted. Where none could even be tried, the whole request is answered 503, or 429.
    static MutableHttpResponse<?> all(List<Outcome> outcomes) {
        List<BatchController.Result> results =
                outcomes.stream().map(BatchController.Result::of).toList();
        int accepted =
                (int) results.stream().filter(result -> result.status() == 202).count();
        if (results.stream().allMatch(result -> result.status() == 503)) {
            return Problem.notStored().response(Reception.RETRY);
        }
        if (results.stream().allMatch(result -> result.status() == 429)) {
            return Problem.rateLimited().response();
        }
        HttpStatus status = accepted == results.size() ? HttpStatus.ACCEPTED : HttpStatus.MULTI_STATUS;
        return HttpResponse.status(status)
                .contentType(MediaType.APPLICATION_JSON_TYPE)
                .body(new BatchController.Answer(accepted, results.size() - accepted, results));
    }
}
