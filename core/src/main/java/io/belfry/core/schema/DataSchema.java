package io.belfry.core.schema;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.List;

/// The form of an event type's data: a JSON Schema (2020-12), compiled. It refers to nothing outside of itself: nothing
/// is ever fetched. Immutable and thread-safe; does not block.
public final class DataSchema {
    /// The longest that a schema may be, in characters.
    public static final int MAX_LENGTH = 65_536;

    private static final ObjectMapper JSON = new ObjectMapper(
                    JsonFactory.builder().build().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION))
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final String DRAFT = "https://json-schema.org/draft/2020-12/";
    private static final String META = DRAFT + "schema";

    private final Schema schema;

    private DataSchema(Schema schema) {
        this.schema = schema;
    }

    /// What a text turned out to be.
    public sealed interface Reading {
        record Of(DataSchema schema) implements Reading {}

        /// @param problems in sentences, for whoever wrote it
        record Refused(List<String> problems) implements Reading {}
    }

    /// A place in the data that is not as the schema has it.
    ///
    /// @param pointer into the data (RFC 6901); empty for the data as a whole
    /// @param detail what was expected
    public record Violation(String pointer, String detail) {}

    /// Compiles a schema, or says what is wrong with it.
    public static Reading read(String text) {
        if (text.length() > MAX_LENGTH) {
            return refused("The schema has " + text.length() + " characters (expected: at most " + MAX_LENGTH + ").");
        }
        try {
            JsonNode node = JSON.readTree(text);
            return node.isObject() ? compiled(node) : refused("A schema is a JSON object.");
        } catch (JsonProcessingException e) {
            return refused("This is no JSON: " + e.getOriginalMessage() + ", line "
                    + e.getLocation().getLineNr() + ".");
        }
    }

    private static Reading compiled(JsonNode node) {
        String dialect = node.path("$schema").asText(META);
        if (!dialect.replaceFirst("#$", "").equals(META)) {
            return refused("$schema is " + dialect + " (expected: " + META + ", or none).");
        }
        SchemaRegistry registry = SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_2020_12,
                builder -> builder.schemaLoader(loader -> loader.fetchRemoteResources(false)
                        .allow(address -> address.toString().startsWith(DRAFT))));
        List<Error> faults = registry.getSchema(SchemaLocation.of(META)).validate(node);
        if (!faults.isEmpty()) {
            return new Reading.Refused(faults.stream()
                    .map(fault -> "At " + fault.getInstanceLocation() + ": " + fault.getMessage() + ".")
                    .limit(10)
                    .toList());
        }
        try {
            Schema schema = registry.getSchema(node);
            schema.initializeValidators();
            // One that refers to itself in a circle shows it with any data.
            schema.validate(JSON.createObjectNode());
            return new Reading.Of(new DataSchema(schema));
        } catch (SchemaException e) {
            return refused("The schema cannot be used: " + e.getMessage());
        } catch (StackOverflowError e) {
            return refused("The schema refers to itself in a circle.");
        }
    }

    private static Reading refused(String problem) {
        return new Reading.Refused(List.of(problem));
    }

    /// @param data a JSON object
    /// @return nothing where it is as it should be
    public List<Violation> violations(String data) {
        try {
            return schema.validate(JSON.readTree(data)).stream()
                    .map(error -> new Violation(error.getInstanceLocation().toString(), error.getMessage()))
                    .toList();
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("data that is no JSON", e);
        }
    }
}
