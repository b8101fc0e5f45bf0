package io.belfry.dispatcher.broadcast;

import io.belfry.core.broadcast.Audience;
import io.belfry.core.broadcast.Content;
import io.belfry.core.broadcast.NewBroadcast;
import io.belfry.core.event.Priority;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// Broadcasts to be made by tests.
final class Drafts {
    private Drafts() {}

    static NewBroadcast toEveryone(int waves) {
        return draft(new Audience.Everyone(), waves, NewBroadcast.Push.OFF, Optional.empty());
    }

    static NewBroadcast draft(Audience audience, int waves, NewBroadcast.Push push, Optional<Instant> validUntil) {
        return new NewBroadcast(
                audience,
                Map.of(
                        "en", new Content("Maintenance tonight", "From 22:00 to 23:00", "/status"),
                        "de", new Content("Wartung heute Nacht", "Von 22 bis 23 Uhr", "/status")),
                "news",
                Priority.NORMAL,
                validUntil,
                waves,
                push,
                "operator@example.org");
    }
}
