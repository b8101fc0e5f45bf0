package io.belfry.gateway;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Which SDK a client says it is, by the `name` in its connect command. For figures alone: anybody may say anything.
enum ClientSdk {
    JS,
    JAVA,
    SWIFT,
    DART,
    GO,
    PYTHON,
    CSHARP,
    OTHER;

    private static final Map<String, ClientSdk> BY_NAME =
            Arrays.stream(values()).collect(Collectors.toMap(ClientSdk::label, Function.identity()));

    static ClientSdk named(String name) {
        return BY_NAME.getOrDefault(name, OTHER);
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
