package io.belfry.api.json;

import io.micronaut.json.JsonMapper;
import io.micronaut.json.tree.JsonNode;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.UncheckedIOException;

/// Makes the JSON that the database holds a part of an answer. Thread-safe.
@Singleton
public final class JsonTrees {
    private final JsonMapper mapper;

    JsonTrees(JsonMapper mapper) {
        this.mapper = mapper;
    }

    public JsonNode of(String json) {
        try {
            return mapper.readValue(json, JsonNode.class);
        } catch (IOException e) {
            throw new UncheckedIOException("the database holds what is no JSON", e);
        }
    }
}
