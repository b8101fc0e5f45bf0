package io.belfry.standalone.up;

import java.util.Map;

/// Where the HTTP server listens.
///
/// @param host an address of this machine; `0.0.0.0` for all
/// @param port 0 picks one
record Listening(String host, int port) {
    Map<String, Object> settings() {
        // -1 is Micronaut's way to say "any".
        return Map.of("micronaut.server.host", host, "micronaut.server.port", port == 0 ? -1 : port);
    }

    /// How clients of this machine reach it.
    ///
    /// @param bound the port it got
    String url(int bound) {
        boolean everywhere = host.equals("0.0.0.0") || host.equals("::");
        String name = everywhere || host.equals("127.0.0.1") ? "localhost" : host;
        return "http://" + (name.contains(":") ? "[" + name + "]" : name) + ":" + bound;
    }
}
