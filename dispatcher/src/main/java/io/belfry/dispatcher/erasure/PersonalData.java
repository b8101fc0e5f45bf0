package io.belfry.dispatcher.erasure;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/// Replaces a person in JSON: every text and every name that is the person's id, whole, becomes the pseudonym. A part
/// of a longer text stays, since `1` is in every price. The order of names and the digits of numbers stay as they were.
final class PersonalData {
    private static final JsonFactory JSON = new JsonFactory();

    private PersonalData() {}

    static String without(String json, String user, String pseudonym) {
        StringWriter text = new StringWriter(json.length());
        try (JsonParser parser = JSON.createParser(json);
                JsonGenerator copy = JSON.createGenerator(text)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                switch (token) {
                    case FIELD_NAME -> copy.writeFieldName(replaced(parser.currentName(), user, pseudonym));
                    case VALUE_STRING -> copy.writeString(replaced(parser.getText(), user, pseudonym));
                    case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> copy.writeNumber(parser.getText());
                    default -> copy.copyCurrentEvent(parser);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the database holds what is no JSON", e);
        }
        return text.toString();
    }

    private static String replaced(String text, String user, String pseudonym) {
        return text.equals(user) ? pseudonym : text;
    }
}
