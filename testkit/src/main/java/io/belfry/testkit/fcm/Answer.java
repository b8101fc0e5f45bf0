package io.belfry.testkit.fcm;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/// A whole HTTP response, not yet written. `name` is the [Failure]'s name, or empty.
record Answer(int status, String contentType, byte[] body, Map<String, String> headers, String name) {

    static Answer json(int status, JsonNode body) {
        return text(status, "application/json; charset=UTF-8", body.toString());
    }

    static Answer text(int status, String contentType, String body) {
        return new Answer(status, contentType, body.getBytes(StandardCharsets.UTF_8), Map.of(), "");
    }

    static Answer empty(int status) {
        return new Answer(status, "text/plain", new byte[0], Map.of(), "");
    }

    Answer named(String failure) {
        return new Answer(status, contentType, body, headers, failure);
    }

    Answer with(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(headers);
        all.putAll(more);
        return new Answer(status, contentType, body, Map.copyOf(all), name);
    }

    boolean isSuccess() {
        return status >= 200 && status < 300;
    }
}
