package io.belfry.standalone.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/// Reads problem+json (RFC 9457) for people.
final class Problem {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_BODY = 500;

    private Problem() {}

    static String describe(int status, String body) {
        try {
            JsonNode problem = JSON.readTree(body);
            if (problem.hasNonNull("title")) {
                StringBuilder text = new StringBuilder()
                        .append(status)
                        .append(' ')
                        .append(problem.path("title").asText());
                if (problem.hasNonNull("detail")) {
                    text.append(": ").append(problem.path("detail").asText());
                }
                problem.path("errors").forEach(error -> text.append("\n  ")
                        .append(error.path("pointer").asText())
                        .append(' ')
                        .append(error.path("detail").asText()));
                return text.toString();
            }
        } catch (JsonProcessingException notJson) {
            // A proxy's page, or nothing at all.
        }
        return status + " "
                + body.strip().substring(0, Math.min(MAX_BODY, body.strip().length()));
    }
}
