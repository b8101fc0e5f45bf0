package io.belfry.console.overview;

import io.belfry.console.Visit;
import io.belfry.core.access.Role;
import io.belfry.core.broadcast.Content;
import io.belfry.core.broadcast.Reviews;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/// The broadcasts that wait for whoever looks to approve them. Thread-safe; blocks on the database.
@Singleton
final class Approvals {
    private static final int SHOWN = 10;

    private final Reviews reviews;

    Approvals(Reviews reviews) {
        this.reviews = reviews;
    }

    /// @param people whom it would reach, in words
    record Line(UUID broadcast, String title, String people, String askedBy, Instant askedAt) {
        public String link() {
            return "/console/broadcasts/" + broadcast + "/review";
        }
    }

    /// None for those who may send no broadcasts, or wrote them.
    List<Line> of(Visit visit) {
        return visit.may(Role.BROADCASTER)
                ? reviews.waitingFor(visit.operator().email(), SHOWN).stream()
                        .map(Approvals::line)
                        .toList()
                : List.of();
    }

    private static Line line(Reviews.Waiting waiting) {
        long people = waiting.review().people();
        return new Line(
                waiting.broadcast().id(),
                waiting.broadcast().contents().values().stream()
                        .map(Content::title)
                        .findFirst()
                        .orElse("without a title"),
                String.format(Locale.ENGLISH, "%,d", people) + (people == 1 ? " person" : " people"),
                waiting.review().askedBy(),
                waiting.review().askedAt());
    }
}
