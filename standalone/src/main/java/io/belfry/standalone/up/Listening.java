package io.belfry.standalone.up;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Where the HTTP server listens.
///
/// @param host an address of this machine; `0.0.0.0` for all
/// @param port 0 picks one
/// @param tls empty for plain HTTP
record Listening(String host, int port, Optional<Tls> tls, Clients clients) {
    /// Whom gateways let in.
    enum Clients {
        WITH_TOKENS,
        /// For development alone.
        ANYBODY
    }

    Map<String, Object> settings() {
        // -1 is Micronaut's way to say "any".
        int any = port == 0 ? -1 : port;
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("micronaut.server.host", host);
        settings.put("micronaut.server.port", any);
        if (clients == Clients.ANYBODY) {
            settings.put("belfry.gateway.insecure-client", true);
        }
        tls.ifPresent(pair -> settings.putAll(pair.settings(any)));
        return settings;
    }

    /// How clients of this machine reach it.
    ///
    /// @param bound the port it got
    String url(int bound) {
        boolean everywhere = host.equals("0.0.0.0") || host.equals("::");
        String name = everywhere || host.equals("127.0.0.1") ? "localhost" : host;
        return (tls.isPresent() ? "https://" : "http://") + (name.contains(":") ? "[" + name + "]" : name) + ":"
                + bound;
    }
}
