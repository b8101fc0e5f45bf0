package io.belfry.console;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A posted form (`application/x-www-form-urlencoded`). Immutable. Line ends are those of Unix; NUL, which PostgreSQL
/// refuses, is dropped.
public record Form(Map<String, List<String>> fields) {
    public static final Form NONE = new Form(Map.of());

    /// @throws IllegalArgumentException when it is not well-formed
    static Form parse(String body) {
        Map<String, List<String>> fields = new LinkedHashMap<>();
        for (String pair : body.split("&")) {
            if (!pair.isEmpty()) {
                int equals = pair.indexOf('=');
                String name = equals < 0 ? pair : pair.substring(0, equals);
                String value = equals < 0 ? "" : pair.substring(equals + 1);
                fields.computeIfAbsent(decode(name), n -> new ArrayList<>()).add(decode(value));
            }
        }
        return new Form(fields);
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8)
                .replace("\r\n", "\n")
                .replace("\0", "");
    }

    /// The field's first value as typed; empty when it is missing.
    public String raw(String name) {
        List<String> values = all(name);
        return values.isEmpty() ? "" : values.getFirst();
    }

    /// The field's first value without blanks around it.
    public String text(String name) {
        return raw(name).strip();
    }

    /// The same, when it is not blank.
    public Optional<String> find(String name) {
        return Optional.of(text(name)).filter(value -> !value.isEmpty());
    }

    public List<String> all(String name) {
        return fields.getOrDefault(name, List.of());
    }

    /// Whether a checkbox was ticked.
    public boolean isTicked(String name) {
        return fields.containsKey(name);
    }
}
