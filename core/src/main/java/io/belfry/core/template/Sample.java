package io.belfry.core.template;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// An event's data as an example: what a template is tried with. Immutable.
///
/// @param json a JSON object on one line, as an event holds it
public record Sample(String json) {
    /// What is left of a body when the envelope around the data is taken off, and more than anybody types.
    public static final int MAX_LENGTH = 64_000;

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .enable(SerializationFeature.INDENT_OUTPUT)
            .defaultPrettyPrinter(new DefaultPrettyPrinter(
                    Separators.createDefaultInstance().withObjectFieldValueSpacing(Separators.Spacing.AFTER)))
            .build();
    private static final String DATA = "data";
    private static final int MAX_PATHS = 60;

    /// What typed text turned out to be.
    public sealed interface Reading {
        record Read(Sample sample) implements Reading {}

        /// @param line from 1; 0 when unknown
        record Refused(int line, String message) implements Reading {}
    }

    /// Reads what somebody typed.
    public static Reading read(String typed) {
        if (typed.length() > MAX_LENGTH) {
            return new Reading.Refused(0, typed.length() + " characters (expected: at most " + MAX_LENGTH + ")");
        }
        try {
            JsonNode node = JSON.readTree(typed);
            if (node == null || !node.isObject()) {
                return new Reading.Refused(0, "expected: a JSON object, such as {\"order\": 123}");
            }
            String json = node.toString();
            return json.contains("\\u0000")
                    ? new Reading.Refused(0, "holds a NUL character (expected: none)")
                    : new Reading.Read(new Sample(json));
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            return new Reading.Refused(at == null ? 0 : at.getLineNr(), e.getOriginalMessage());
        }
    }

    /// Makes data up that has what these contents look up, each value its own name in brackets.
    public static Sample madeUp(Collection<TemplateContent> contents) {
        ObjectNode root = JSON.createObjectNode();
        for (List<String> path : lookups(contents)) {
            if (path.getFirst().equals(DATA)) {
                place(root, path.subList(1, path.size()));
            }
        }
        return new Sample(root.toString());
    }

    private static void place(ObjectNode root, List<String> path) {
        ObjectNode node = root;
        for (int i = 0; i < path.size(); i++) {
            String step = path.get(i);
            boolean isLast = i == path.size() - 1;
            if (isLast && !node.has(step)) {
                node.put(step, "[" + step + "]");
            } else if (!isLast && node.path(step).isObject()) {
                node = (ObjectNode) node.get(step);
            } else if (!isLast) {
                node = node.putObject(step);
            }
        }
    }

    /// What these contents look up in the data and this sample has not, such as `data.eta`.
    public List<String> missing(Collection<TemplateContent> contents) {
        JsonNode root = node();
        return lookups(contents).stream()
                .filter(path -> path.getFirst().equals(DATA))
                .filter(path -> !has(root, path.subList(1, path.size())))
                .map(path -> String.join(".", path))
                .distinct()
                .toList();
    }

    private static boolean has(JsonNode root, List<String> path) {
        JsonNode node = root;
        for (String step : path) {
            if (node.isArray() || node.isTextual()) {
                // first, last and size are Liquid's own.
                return true;
            }
            node = node.path(step);
        }
        return !node.isMissingNode();
    }

    private static Set<List<String>> lookups(Collection<TemplateContent> contents) {
        var found = new LinkedHashSet<List<String>>();
        for (TemplateContent content : contents) {
            found.addAll(LiquidSource.lookups(content.title()));
            found.addAll(LiquidSource.lookups(content.body()));
            found.addAll(LiquidSource.lookups(content.link()));
        }
        return found;
    }

    /// The values that it holds, as Liquid writes them: `data.order`, `data.customer.name`. Of an array only the array.
    public List<String> paths() {
        var paths = new ArrayList<String>();
        addPaths(node(), DATA, paths);
        return paths;
    }

    private static void addPaths(JsonNode node, String path, List<String> paths) {
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            String here = path + "." + field.getKey();
            if (paths.size() >= MAX_PATHS || !field.getKey().matches("[A-Za-z_][A-Za-z0-9_-]*")) {
                continue;
            }
            if (field.getValue().isObject()) {
                addPaths(field.getValue(), here, paths);
            } else {
                paths.add(here);
            }
        }
    }

    /// On several lines, for people.
    public String pretty() {
        try {
            return JSON.writeValueAsString(node());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private JsonNode node() {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a sample is a JSON object", e);
        }
    }
}
