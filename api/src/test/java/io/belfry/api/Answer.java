package io.belfry.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Optional;
import java.util.stream.StreamSupport;

/// What a request was answered.
///
/// @param json the body where it is JSON, else nothing
public record Answer(int status, HttpHeaders headers, String body, JsonNode json) {
    private static final ObjectMapper JSON = new ObjectMapper();

    static Answer of(HttpResponse<String> response) {
        return new Answer(response.statusCode(), response.headers(), response.body(), parse(response));
    }

    private static JsonNode parse(HttpResponse<String> response) {
        boolean isJson = response.headers()
                .firstValue("Content-Type")
                .filter(type -> type.contains("json"))
                .isPresent();
        try {
            return isJson ? JSON.readTree(response.body()) : JSON.missingNode();
        } catch (JsonProcessingException e) {
            throw new AssertionError("no JSON: " + response.body(), e);
        }
    }

    public Optional<String> header(String name) {
        return headers.firstValue(name);
    }

    public Answer is(int expected) {
        assertThat(status).as(body).isEqualTo(expected);
        return this;
    }

    /// That it is a problem of that kind.
    public Answer isProblem(int expected, String type) {
        is(expected);
        assertThat(header("Content-Type").orElse("")).startsWith("application/problem+json");
        assertThat(json.path("type").asText()).isEqualTo("/problems/" + type);
        assertThat(json.path("status").asInt()).isEqualTo(expected);
        assertThat(json.path("title").asText()).isNotBlank();
        return this;
    }

    /// Where the request is faulty.
    public List<String> pointers() {
        return StreamSupport.stream(json.path("errors").spliterator(), false)
                .map(error -> error.path("pointer").asText())
                .toList();
    }
}
