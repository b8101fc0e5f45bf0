package io.belfry.console;

import io.belfry.core.access.Role;
import io.micronaut.core.type.Argument;
import io.micronaut.http.HttpMethod;
import io.micronaut.web.router.Router;
import io.micronaut.web.router.UriRouteInfo;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// Every route under `/console`, as the running server has them: what is added later is tested too.
final class ConsoleRoutes {
    private ConsoleRoutes() {}

    /// @param path with values in place of its variables, and of the query's that are required
    /// @param needs the least role; empty when the route is open, or when it says nothing
    record Route(HttpMethod method, String template, String path, Optional<Role> needs, boolean isOpen) {
        boolean changes() {
            return method != HttpMethod.GET && method != HttpMethod.HEAD;
        }

        @Override
        public String toString() {
            return method + " " + template;
        }
    }

    static List<Route> of(Console console) {
        return console.get(Router.class)
                .uriRoutes()
                .filter(route -> route.getUriMatchTemplate().toPathString().startsWith("/console"))
                .filter(route -> route.getHttpMethod() != HttpMethod.HEAD)
                .map(ConsoleRoutes::route)
                .distinct()
                .toList();
    }

    private static Route route(UriRouteInfo<?, ?> route) {
        Map<String, Object> values = new HashMap<>();
        StringBuilder query = new StringBuilder();
        for (Argument<?> argument : route.getTargetMethod().getArguments()) {
            String value = value(argument);
            values.put(argument.getName(), value);
            boolean isRequired = argument.isAnnotationPresent(io.micronaut.http.annotation.QueryValue.class)
                    && argument.getType() != Optional.class;
            if (isRequired) {
                query.append(query.isEmpty() ? "?" : "&")
                        .append(argument.getName())
                        .append('=')
                        .append(value);
            }
        }
        String template = route.getUriMatchTemplate().toPathString();
        return new Route(
                route.getHttpMethod(),
                template,
                route.getUriMatchTemplate().expand(values) + query,
                route.getAnnotationMetadata().enumValue(Needs.class, Role.class),
                route.getAnnotationMetadata().hasAnnotation(Open.class));
    }

    private static String value(Argument<?> argument) {
        if (argument.getType() == UUID.class) {
            return "0199f2c4-0000-7000-8000-000000000000";
        }
        return argument.getType() == int.class || argument.getType() == long.class ? "1" : "nothing.here";
    }
}
