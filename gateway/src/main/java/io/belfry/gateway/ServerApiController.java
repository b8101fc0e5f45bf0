package io.belfry.gateway;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.belfry.core.access.ApiKey;
import io.belfry.core.access.ApiKeys;
import io.belfry.core.access.Scope;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Header;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Post;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.rules.SecurityRule;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `POST /api/<method>`: the server API, in the form of Centrifugo's, for a service's API key in `X-API-Key`. What the
/// method says of its arguments is told in the body with status 200.
@Controller("/api")
@Secured(SecurityRule.IS_ANONYMOUS)
@ExecuteOn(TaskExecutors.BLOCKING)
final class ServerApiController {
    private static final Logger LOG = LoggerFactory.getLogger(ServerApiController.class);
    private static final Set<String> ABOUT_CHANNELS =
            Set.of("publish", "broadcast", "history", "history_remove", "presence", "presence_stats", "info");
    private static final int MAX_DEPTH = 32;
    private static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
            .build());

    private final ApiKeys keys;
    private final ServerCalls calls;

    ServerApiController(ApiKeys keys, ServerCalls calls) {
        this.keys = keys;
        this.calls = calls;
    }

    @Post("/{method}")
    @Consumes(MediaType.ALL)
    HttpResponse<?> call(@PathVariable String method, @Header("X-API-Key") @Nullable String secret, @Body byte[] body) {
        Optional<ApiKey> key = Optional.ofNullable(secret).flatMap(keys::find);
        if (key.isEmpty()) {
            return Refusal.of(HttpStatus.UNAUTHORIZED, "an API key is needed, in X-API-Key");
        }
        Scope scope = ABOUT_CHANNELS.contains(method) ? Scope.EVENTS_WRITE : Scope.USERS_WRITE;
        if (!key.get().scopes().contains(scope)) {
            return Refusal.of(HttpStatus.FORBIDDEN, "the API key has not the scope " + scope.label());
        }
        return HttpResponse.ok(ServerCalls.answer(outcome(method, body))).contentType(MediaType.APPLICATION_JSON_TYPE);
    }

    private Rpcs.Outcome outcome(String method, byte[] body) {
        try {
            JsonNode arguments = JSON.readTree(body);
            if (!arguments.isObject()) {
                return new Rpcs.Refused(ProtocolError.badRequest("the body (expected: an object)"));
            }
            return calls.call(method, arguments);
        } catch (JsonProcessingException e) {
            return new Rpcs.Refused(ProtocolError.badRequest("the body is not JSON"));
        } catch (IOException | RuntimeException e) {
            LOG.warn("{} of the server API failed: {}", method, e.toString());
            return new Rpcs.Refused(ProtocolError.INTERNAL);
        }
    }
}
