package io.belfry.api.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import io.belfry.api.problem.Problem;
import io.micronaut.http.MutableHttpResponse;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.function.Function;

/// Reads bodies, and takes less than JSON parsers usually do: no name twice in an object, nothing after the value, no
/// more levels than [JsonSettings#maxDepth()]. Thread-safe; does not block.
@Singleton
public final class StrictJson {
    private final JsonSettings settings;
    private final ObjectMapper mapper;

    public StrictJson(JsonSettings settings) {
        this.settings = settings;
        JsonFactory factory = JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(settings.maxDepth())
                        .build())
                .build()
                .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
        this.mapper = new ObjectMapper(factory)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .configure(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES, false);
    }

    /// What a body turned out to be.
    public sealed interface Reading {
        record Of(JsonNode value) implements Reading {}

        record Refused(Problem problem) implements Reading {}
    }

    /// Reads a whole body of the usual size.
    public Reading read(byte[] body) {
        return read(body, settings.maxBytes());
    }

    /// Reads a whole body of a feature that has a limit of its own.
    public Reading read(byte[] body, int maxBytes) {
        if (body.length > maxBytes) {
            return new Reading.Refused(Problem.tooLarge(maxBytes));
        }
        try {
            JsonNode root = mapper.readTree(body);
            return root == null || root.isMissingNode()
                    ? new Reading.Refused(Problem.malformed("The body is empty (expected: JSON)"))
                    : new Reading.Of(root);
        } catch (JsonProcessingException e) {
            return new Reading.Refused(malformed(e));
        } catch (IOException e) {
            return new Reading.Refused(Problem.malformed("The body is no UTF-8 (expected: JSON in UTF-8)"));
        }
    }

    /// Answers a request from what the object in its body says, or with what is wrong with the body as a whole.
    ///
    /// @param names of the fields that it may have
    public MutableHttpResponse<?> answer(
            byte[] body, Function<Fields, MutableHttpResponse<?>> answer, String... names) {
        return switch (read(body)) {
            case Reading.Refused(Problem problem) -> problem.response();
            case Reading.Of(JsonNode value) -> answer.apply(Fields.of(value, names));
        };
    }

    /// A parser for bodies that are read piece by piece. Whoever uses it checks for the end himself.
    public JsonParser parser(byte[] body, int from, int length) throws IOException {
        return mapper.getFactory().createParser(body, from, length);
    }

    /// What is told of a body that is no JSON: what and where, and nothing of the parser.
    public static Problem malformed(JsonProcessingException e) {
        String where = e.getLocation() == null
                ? ""
                : " (line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr() + ")";
        return Problem.malformed(e.getOriginalMessage() + where);
    }
}
