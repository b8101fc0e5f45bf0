package io.belfry.console.broadcasts;

import io.belfry.core.broadcast.Audience;
import io.belfry.core.broadcast.Audiences;
import java.util.Optional;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Counts an audience, or gives up.
final class Reaches {
    static final String TOO_SLOW =
            "The audience could not be counted within " + Audiences.PATIENCE.toSeconds() + " seconds. Try again.";
    private static final Logger LOG = LoggerFactory.getLogger(Reaches.class);

    private Reaches() {}

    static Optional<Audiences.Reach> of(Audiences audiences, Audience audience) {
        try {
            return Optional.of(audiences.reach(audience));
        } catch (JdbiException e) {
            LOG.warn("An audience could not be counted: {}", e.getMessage());
            return Optional.empty();
        }
    }
}
