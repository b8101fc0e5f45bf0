package io.belfry.gateway;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.util.Optional;

/// Checks what is to be published: it becomes part of others' messages as it is, so it must be JSON in UTF-8, and in
/// one line. Stateless.
final class JsonLine {
    private static final int MAX_DEPTH = 32;
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    private JsonLine() {}

    /// @return the same JSON without line breaks; empty when it is not one object or array
    static Optional<byte[]> of(byte[] data) {
        byte[] line = data.clone();
        for (int i = 0; i < line.length; i++) {
            if (line[i] == '\n' || line[i] == '\r') {
                // Between tokens: within a string it would be no JSON.
                line[i] = ' ';
            } else if (line[i] == 0) {
                // The parser would take it for UTF-16.
                return Optional.empty();
            }
        }
        return FrameReader.isUtf8(line, 0) && isOneStructure(data) ? Optional.of(line) : Optional.empty();
    }

    private static boolean isOneStructure(byte[] data) {
        try (JsonParser json = JSON.createParser(data)) {
            // The parser would skip a byte order mark, which is negative.
            if (json.nextToken() == null || !json.currentToken().isStructStart() || data[0] < 0) {
                return false;
            }
            json.skipChildren();
            return json.nextToken() == null;
        } catch (IOException notJson) {
            return false;
        }
    }
}
