package io.belfry.api.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import io.belfry.api.problem.Faults;
import java.io.IOException;
import java.io.StringWriter;

/// Copies a value from a parser as JSON on one line, without making a tree of it: the order of names and the digits of
/// numbers stay as they were.
public final class CompactJson {
    private static final JsonFactory JSON = new JsonFactory();

    private CompactJson() {}

    /// @param parser at the value's first token; afterwards at its last
    /// @param pointer of the value
    /// @param faults where texts that cannot be stored are told
    public static String copy(JsonParser parser, String pointer, Faults faults) throws IOException {
        StringWriter text = new StringWriter(256);
        int base = parser.getParsingContext().pathAsPointer().toString().length();
        try (JsonGenerator copy = JSON.createGenerator(text)) {
            int open = 0;
            do {
                if (!write(parser, copy)) {
                    faults.add(pointer + below(parser, base), CleanText.EXPECTED);
                }
                JsonToken token = parser.currentToken();
                if (token.isStructStart()) {
                    open++;
                } else if (token.isStructEnd()) {
                    open--;
                }
            } while (open > 0 && parser.nextToken() != null);
        }
        return text.toString();
    }

    /// Where the parser is. For a name that is the object: with a NUL in it, the name would be a pointer that nobody
    /// can read.
    private static String below(JsonParser parser, int base) {
        JsonStreamContext context = parser.getParsingContext();
        boolean isName = parser.currentToken() == JsonToken.FIELD_NAME;
        String path = (isName ? context.getParent() : context).pathAsPointer().toString();
        return path.substring(Math.min(base, path.length()));
    }

    /// @return false for a text that cannot be stored
    private static boolean write(JsonParser parser, JsonGenerator copy) throws IOException {
        switch (parser.currentToken()) {
            case START_OBJECT -> copy.writeStartObject();
            case END_OBJECT -> copy.writeEndObject();
            case START_ARRAY -> copy.writeStartArray();
            case END_ARRAY -> copy.writeEndArray();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> copy.writeNumber(parser.getText());
            case VALUE_TRUE, VALUE_FALSE -> copy.writeBoolean(parser.getBooleanValue());
            case VALUE_NULL -> copy.writeNull();
            case FIELD_NAME -> {
                copy.writeFieldName(parser.currentName());
                return CleanText.isClean(parser.currentName());
            }
            case VALUE_STRING -> {
                char[] chars = parser.getTextCharacters();
                int offset = parser.getTextOffset();
                int length = parser.getTextLength();
                copy.writeString(chars, offset, length);
                return CleanText.isClean(chars, offset, length);
            }
            default -> throw new IllegalStateException("no token of a value: " + parser.currentToken());
        }
        return true;
    }
}
