package io.belfry.console.notifications;

import io.belfry.console.ReaderZone;
import io.belfry.core.trace.Traces;
import io.micronaut.core.annotation.Introspected;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.http.uri.UriBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// A search for notifications as it was typed, right or not.
///
/// @param state how far they have come
/// @param from a day in the reader's zone
/// @param to the last day
/// @param before the last id of the page above
@Introspected
record NotificationQuery(
        @Nullable @QueryValue String user,
        @Nullable @QueryValue String event,
        @Nullable @QueryValue String type,
        @Nullable @QueryValue String category,
        @Nullable @QueryValue String state,
        @Nullable @QueryValue String from,
        @Nullable @QueryValue String to,
        @Nullable @QueryValue String zone,
        @Nullable @QueryValue String before) {

    /// What is wrong with it.
    List<String> problems() {
        var problems = new ArrayList<String>();
        if (isWrongId(event)) {
            problems.add("Event: that is not an id. An event's id looks like 0199f2c4-….");
        }
        if (isWrongId(before)) {
            problems.add("Page: there is no such page.");
        }
        if (text(state).isPresent()
                && text(state).flatMap(Traces.State::ofLabel).isEmpty()) {
            problems.add("State: choose one.");
        }
        if (text(from).isPresent() && text(from).flatMap(readerZone()::startOf).isEmpty()) {
            problems.add("From: that is not a day (expected: like 2026-01-31).");
        }
        if (text(to).isPresent() && text(to).flatMap(readerZone()::endOf).isEmpty()) {
            problems.add("To: that is not a day (expected: like 2026-01-31).");
        }
        return problems;
    }

    /// Of one without problems.
    Traces.Search search(int limit) {
        return new Traces.Search(
                text(user),
                id(event),
                text(type),
                text(category),
                text(state).flatMap(Traces.State::ofLabel),
                text(from).flatMap(readerZone()::startOf),
                text(to).flatMap(readerZone()::endOf),
                id(before),
                limit);
    }

    boolean isFirstPage() {
        return text(before).isEmpty();
    }

    /// The address of one of its pages.
    String address(String path, Optional<UUID> page) {
        UriBuilder address = UriBuilder.of(path);
        text(user).ifPresent(value -> address.queryParam("user", value));
        text(event).ifPresent(value -> address.queryParam("event", value));
        text(type).ifPresent(value -> address.queryParam("type", value));
        text(category).ifPresent(value -> address.queryParam("category", value));
        text(state).ifPresent(value -> address.queryParam("state", value));
        text(from).ifPresent(value -> address.queryParam("from", value));
        text(to).ifPresent(value -> address.queryParam("to", value));
        if (text(from).isPresent() || text(to).isPresent()) {
            address.queryParam("zone", readerZone().zone().getId());
        }
        page.ifPresent(id -> address.queryParam("before", id));
        return address.build().toString();
    }

    private ReaderZone readerZone() {
        return ReaderZone.of(zone == null ? "" : zone);
    }

    private static boolean isWrongId(String typed) {
        return text(typed).isPresent() && id(typed).isEmpty();
    }

    private static Optional<UUID> id(String typed) {
        try {
            return text(typed).map(UUID::fromString);
        } catch (IllegalArgumentException notAnId) {
            return Optional.empty();
        }
    }

    /// NUL, which PostgreSQL refuses, is dropped.
    private static Optional<String> text(String typed) {
        return Optional.ofNullable(typed)
                .map(value -> value.replace("\0", "").strip())
                .filter(value -> !value.isEmpty());
    }
}
