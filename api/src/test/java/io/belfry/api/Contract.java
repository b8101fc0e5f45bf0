package io.belfry.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/// What the API's document promises, and which of it was seen. Thread-safe.
final class Contract {
    /// The methods that an entry of `paths` may have.
    private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch");

    private static final String DOCUMENT = "https://belfry.test/openapi.json";
    private static final Pattern PARAMETER = Pattern.compile("\\\\\\{[^}]*\\\\}");

    private final JsonNode document;
    private final SchemaRegistry schemas;
    private final Map<String, Schema> known = new ConcurrentHashMap<>();
    private final Set<String> seen = ConcurrentHashMap.newKeySet();

    Contract() {
        try (InputStream in = Contract.class.getResourceAsStream("/META-INF/swagger/belfry.json")) {
            document = new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        JsonNode closed = document.deepCopy();
        toJsonSchema(closed);
        schemas = SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_2020_12, builder -> builder.schemas(Map.of(DOCUMENT, closed.toString())));
    }

    /// OpenAPI 3.0 says `nullable`, JSON Schema has a type for it. Answers have no fields beyond those of the document:
    /// whoever reads it learns of all.
    private static void toJsonSchema(JsonNode node) {
        if (node instanceof ObjectNode object) {
            if (object.path("nullable").asBoolean() && object.path("type").isTextual()) {
                ArrayNode types =
                        object.arrayNode().add(object.path("type").asText()).add("null");
                object.set("type", types);
            }
            if (object.path("properties").isObject() && !object.has("additionalProperties")) {
                object.put("additionalProperties", false);
            }
        }
        node.forEach(Contract::toJsonSchema);
    }

    /// One operation of the document.
    ///
    /// @param path as the document spells it
    record Operation(String method, String path, JsonNode text) {
        String name() {
            return method.toUpperCase(java.util.Locale.ROOT) + " " + path;
        }

        private boolean takes(String asked) {
            String pattern = PARAMETER
                    .matcher(Pattern.quote(path).replace("{", "\\{").replace("}", "\\}"))
                    .replaceAll("\\\\E[^/]+\\\\Q");
            return asked.matches(pattern);
        }
    }

    Map<String, Operation> operations() {
        var operations = new TreeMap<String, Operation>();
        document.path("paths").properties().forEach(path -> path.getValue().properties().stream()
                .filter(entry -> METHODS.contains(entry.getKey()))
                .map(entry -> new Operation(entry.getKey(), path.getKey(), entry.getValue()))
                .forEach(operation -> operations.put(operation.name(), operation)));
        return operations;
    }

    /// Fails where a call of the API was answered with what its document does not say. Calls of what is no part of it
    /// are none of its concern.
    Answer check(String method, String path, Answer answer) {
        String asked = path.replaceFirst("\\?.*", "");
        Optional<Operation> operation = operations().values().stream()
                .filter(one -> one.method().equalsIgnoreCase(method) && one.takes(asked))
                .findFirst();
        operation.ifPresent(one -> check(one, answer));
        return answer;
    }

    private void check(Operation operation, Answer answer) {
        String what = operation.name() + " answered " + answer.status();
        JsonNode response = operation.text().path("responses").path(Integer.toString(answer.status()));
        assertThat(response.isObject())
                .as(what + ", which is not in the document: " + answer.body())
                .isTrue();
        seen.add(operation.name() + " " + answer.status());
        JsonNode content = response.path("content");
        if (content.isEmpty()) {
            assertThat(answer.body()).as(what).isEmpty();
            return;
        }
        String type = answer.header("Content-Type").orElse("none").replaceFirst(";.*", "");
        assertThat(content.has(type)).as(what + " as " + type).isTrue();
        if (!type.contains("json")) {
            return;
        }
        String place = "/paths/" + escaped(operation.path()) + "/" + operation.method() + "/responses/"
                + answer.status() + "/content/" + escaped(type) + "/schema";
        assertThat(schema(place).validate(answer.json()))
                .as(what + " with " + answer.body())
                .isEmpty();
    }

    private Schema schema(String place) {
        return known.computeIfAbsent(place, key -> schemas.getSchema(SchemaLocation.of(DOCUMENT + "#" + key)));
    }

    private static String escaped(String name) {
        return name.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D");
    }

    /// Calls that were answered, such as `GET /v1/inbox 200`.
    Set<String> seen() {
        return seen;
    }
}
