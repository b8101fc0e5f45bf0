package io.belfry.console.broadcasts;

import io.belfry.console.Form;
import io.belfry.console.ReaderZone;
import io.belfry.core.broadcast.Audience;
import io.belfry.core.broadcast.Broadcast;
import io.belfry.core.broadcast.NewBroadcast;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// A broadcast as it is typed into the form, right or not.
///
/// @param revision that is edited
/// @param audience `everyone`, `topic`, `segment` or `users`
/// @param validUntil as typed, in the reader's time zone
/// @param until the same as a moment, where it is one
record Composition(
        UUID id,
        int revision,
        List<Words> words,
        String audience,
        String topic,
        String segment,
        String users,
        String category,
        String priority,
        String validUntil,
        Optional<Instant> until,
        String waves,
        boolean push,
        Timing timing) {
    static final int MAX_LOCALES = 20;
    private static final int DEFAULT_WAVES = 8;

    /// The form of a draft that is not there yet.
    static Composition blank(UUID id, String fallback, String category, String priority) {
        return new Composition(
                id,
                0,
                List.of(Words.blank(fallback)),
                "everyone",
                "",
                "",
                "",
                category,
                priority,
                "",
                Optional.empty(),
                String.valueOf(DEFAULT_WAVES),
                true,
                Timing.AT_ONCE);
    }

    static Composition of(Broadcast draft, String fallback) {
        return new Composition(
                draft.id(),
                draft.revision(),
                Words.of(draft.contents(), fallback),
                switch (draft.audience()) {
                    case Audience.Everyone() -> "everyone";
                    case Audience.Topic topic -> "topic";
                    case Audience.Segment segment -> "segment";
                    case Audience.Users users -> "users";
                },
                draft.audience() instanceof Audience.Topic(String topic) ? topic : "",
                draft.audience() instanceof Audience.Segment(String segment) ? segment : "",
                draft.audience() instanceof Audience.Users(List<String> users) ? String.join("\n", users) : "",
                draft.category(),
                draft.priority().label(),
                "",
                draft.validUntil(),
                String.valueOf(draft.waves()),
                draft.push().isOn(),
                Timing.of(draft.release()));
    }

    static Composition of(UUID id, Form form) {
        ReaderZone zone = ReaderZone.of(form.text("zone"));
        String revision = form.text("revision");
        return new Composition(
                id,
                revision.matches("\\d{1,9}") ? Integer.parseInt(revision) : 0,
                words(form),
                form.find("audience").orElse("everyone"),
                form.text("topic"),
                form.text("segment"),
                form.raw("users"),
                form.text("category"),
                form.text("priority"),
                form.text("validUntil"),
                form.find("validUntil").flatMap(zone::moment),
                form.text("waves"),
                form.isTicked("push"),
                Timing.of(form));
    }

    private static List<Words> words(Form form) {
        var words = new ArrayList<Words>();
        List<String> locales = form.all("locale");
        for (int i = 0; i < Math.min(locales.size(), MAX_LOCALES); i++) {
            words.add(new Words(
                    locales.get(i).strip(),
                    at(form.all("title"), i).strip(),
                    at(form.all("body"), i).strip(),
                    at(form.all("link"), i).strip()));
        }
        return words;
    }

    private static String at(List<String> values, int index) {
        return index < values.size() ? values.get(index) : "";
    }

    Composition withWords(List<Words> other) {
        return new Composition(
                id,
                revision,
                other,
                audience,
                topic,
                segment,
                users,
                category,
                priority,
                validUntil,
                until,
                waves,
                push,
                timing);
    }

    /// The ids in the pasted list, in order, each once: between blanks, commas, semicolons or quotes.
    List<String> userIds() {
        return Arrays.stream(users.split("[\\s,;\"']+"))
                .filter(id -> !id.isEmpty())
                .distinct()
                .toList();
    }

    Audience toAudience() {
        return switch (audience) {
            case "topic" -> new Audience.Topic(topic);
            case "segment" -> new Audience.Segment(segment);
            case "users" -> new Audience.Users(userIds());
            default -> new Audience.Everyone();
        };
    }

    NewBroadcast.Push toPush() {
        return push ? NewBroadcast.Push.ON : NewBroadcast.Push.OFF;
    }

    /// An id that a form of ours made; empty for anything else.
    static Optional<UUID> readId(String text) {
        try {
            return Optional.of(UUID.fromString(text)).filter(id -> id.version() == 7);
        } catch (IllegalArgumentException notAnId) {
            return Optional.empty();
        }
    }
}
