package io.belfry.core.broadcast;

import io.belfry.core.sandbox.Sandbox;
import java.util.List;
import org.jdbi.v3.core.Handle;

/// Whom broadcasts reach where everything is a test: those of their audience who may get tests. Stateless; runs within
/// the caller's transaction.
final class Testers {
    private static final int MAX = 10_000;

    private final Sandbox sandbox;

    Testers(Sandbox sandbox) {
        this.sandbox = sandbox;
    }

    /// @return the audience as it is, or a fixed list of testers, whatever comes to fit the audience later
    Audience of(Handle h, Audience audience) {
        if (!sandbox.holdsEverything()) {
            return audience;
        }
        return new Audience.Users(
                audience instanceof Audience.Users(List<String> users)
                        ? users.stream().filter(sandbox::admits).toList()
                        : Members.of(h, audience).among(h, sandbox.ids(), sandbox.beginnings(), MAX));
    }
}
