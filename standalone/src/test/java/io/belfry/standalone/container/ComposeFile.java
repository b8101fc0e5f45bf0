package io.belfry.standalone.container;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/// A compose file of `docker/`, read as Compose reads it: with merged keys, and with `${NAME:-default}` and
/// `${NAME:?what is missing}` put in.
record ComposeFile(Map<String, Object> root) {
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Z_]+)(:[-?])?([^}]*)}");

    static ComposeFile read(Path file, Map<String, String> environment) throws IOException {
        String text = VARIABLE.matcher(Files.readString(file)).replaceAll(found -> value(found, environment));
        return new ComposeFile(map(new Yaml(new SafeConstructor(new LoaderOptions())).load(text)));
    }

    private static String value(MatchResult found, Map<String, String> environment) {
        String given = environment.get(found.group(1));
        if (given == null && ":?".equals(found.group(2))) {
            throw new IllegalArgumentException(found.group(1) + ": " + found.group(3));
        }
        return java.util.regex.Matcher.quoteReplacement(given == null ? found.group(3) : given);
    }

    Map<String, Map<String, Object>> services() {
        var services = new LinkedHashMap<String, Map<String, Object>>();
        map(root.get("services")).forEach((name, service) -> services.put(name, map(service)));
        return services;
    }

    /// The arguments of a service's image.
    List<String> command(String service) {
        return ((List<?>) services().get(service).get("command"))
                .stream().map(String::valueOf).toList();
    }

    Map<String, String> environment(String service) {
        var environment = new LinkedHashMap<String, String>();
        map(services().get(service).get("environment"))
                .forEach((name, value) -> environment.put(name, String.valueOf(value)));
        return environment;
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> map(Object value) {
        return value == null ? Map.of() : (Map<String, Object>) value;
    }
}
