package io.belfry.standalone.up;

import java.util.Locale;

/// A part of Belfry that can run in a process of its own. Each is a Micronaut environment.
public enum Role {
    /// REST for services and for end users' apps.
    API,
    /// Claims events, fans out, pushes.
    DISPATCHER,
    /// WebSocket and SSE.
    GATEWAY,
    /// The operators' console.
    CONSOLE;

    String environment() {
        return name().toLowerCase(Locale.ROOT);
    }
}
