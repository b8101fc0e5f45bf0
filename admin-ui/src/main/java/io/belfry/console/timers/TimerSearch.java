package io.belfry.console.timers;

import io.belfry.core.timer.TimerFilter;
import io.belfry.core.timer.TimerKind;
import io.micronaut.http.uri.UriBuilder;
import java.util.Optional;
import java.util.UUID;

/// A search for timers as it was typed, right or not; empty parts do not narrow.
record TimerSearch(String kind, String user, String event) {
    private static final String PATH = "/console/timers";

    static TimerSearch of(Optional<String> kind, Optional<String> user, Optional<String> event) {
        return new TimerSearch(text(kind), text(user), text(event));
    }

    private static String text(Optional<String> typed) {
        return typed.map(t -> t.replace("\0", "").strip()).orElse("");
    }

    /// What is wrong with it.
    Optional<String> problem() {
        if (!kind.isEmpty() && TimerKind.ofLabel(kind).isEmpty()) {
            return Optional.of("Kind: “" + kind + "” is none.");
        }
        return event.isEmpty() || eventId().isPresent()
                ? Optional.empty()
                : Optional.of("Event: “" + event + "” is no id (expected: one such as"
                        + " 0199f2c4-0000-7000-8000-000000000000).");
    }

    private Optional<UUID> eventId() {
        try {
            return event.length() == 36 ? Optional.of(UUID.fromString(event)) : Optional.empty();
        } catch (IllegalArgumentException notOne) {
            return Optional.empty();
        }
    }

    /// Of one without a problem.
    TimerFilter filter() {
        return new TimerFilter(TimerKind.ofLabel(kind), given(user), eventId());
    }

    private static Optional<String> given(String text) {
        return Optional.of(text).filter(t -> !t.isEmpty());
    }

    String address(String page) {
        UriBuilder address = UriBuilder.of(PATH + page);
        given(kind).ifPresent(k -> address.queryParam("kind", k));
        given(user).ifPresent(u -> address.queryParam("user", u));
        given(event).ifPresent(e -> address.queryParam("event", e));
        return address.build().toString();
    }

    String address(String page, String name, String value) {
        return UriBuilder.of(address(page)).queryParam(name, value).build().toString();
    }

    /// The query alone, with its question mark, or nothing.
    String query() {
        return address("").substring(PATH.length());
    }
}
