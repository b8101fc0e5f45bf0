package io.belfry.console.broadcasts;

import io.belfry.core.broadcast.Audience;
import io.belfry.core.broadcast.Broadcast;
import io.belfry.core.broadcast.BroadcastState;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// A broadcast in words and figures that pages show.
record Sight(Broadcast broadcast, String title) {
    private static final DateTimeFormatter LOCAL = DateTimeFormatter.ofPattern("EEE d MMM yyyy, HH:mm", Locale.ENGLISH);

    static Sight of(Broadcast broadcast, String fallback) {
        String title = Words.of(broadcast.contents(), fallback).stream()
                .map(Words::title)
                .filter(text -> !text.isBlank())
                .findFirst()
                .orElse("Without a title");
        return new Sight(broadcast, title);
    }

    public String state() {
        return switch (broadcast.state()) {
            case DRAFT -> "draft";
            case SCHEDULED -> "scheduled";
            case SENDING -> "sending";
            case PAUSED -> "paused";
            case SENT -> broadcast.push().isOpen() ? "pushing" : "sent";
            case CANCELLED -> "cancelled";
            case RECALLED -> "recalled";
        };
    }

    public String tone() {
        return switch (broadcast.state()) {
            case DRAFT -> "mute";
            case SCHEDULED -> "info";
            case SENDING -> "info";
            case PAUSED -> "warn";
            case SENT -> broadcast.push().isOpen() ? "info" : "good";
            case CANCELLED, RECALLED -> "bad";
        };
    }

    public boolean isDraft() {
        return broadcast.state() == BroadcastState.DRAFT;
    }

    public boolean mayPause() {
        return broadcast.isUnderWay();
    }

    public boolean mayResume() {
        return broadcast.state() == BroadcastState.PAUSED;
    }

    public boolean mayUndo() {
        return broadcast.isUndoable();
    }

    public boolean mayCancel() {
        return mayPause() || mayResume() || broadcast.state() == BroadcastState.SCHEDULED;
    }

    /// Whether there is something to take back.
    public boolean mayRecall() {
        return broadcast.wavesDone() > 0 && broadcast.state() != BroadcastState.RECALLED;
    }

    public String audience() {
        return switch (broadcast.audience()) {
            case Audience.Everyone() -> "Everyone";
            case Audience.Topic(String topic) -> topic.isEmpty() ? "A topic" : "Followers of " + topic;
            case Audience.Segment(String segment) ->
                segment.isEmpty() ? "A segment" : "People of the segment " + segment;
            case Audience.Users(List<String> users) ->
                users.size() == 1 ? "One listed person" : number(users.size()) + " listed people";
        };
    }

    /// When it leaves by itself: the local time in the zone that was chosen, and the zone.
    public String startsAt() {
        return broadcast
                .release()
                .startsAt()
                .map(at -> {
                    ZoneId zone = broadcast.release().zone().orElse(ZoneOffset.UTC);
                    return LOCAL.format(at.atZone(zone)) + " " + zone;
                })
                .orElse("");
    }

    public String canary() {
        return broadcast
                .release()
                .canary()
                .map(canary -> canary.percent() + " % first, then "
                        + canary.pause()
                                .map(pause -> pause.toMinutes() + " min of waiting before the rest")
                                .orElse("the rest waits for somebody to resume it"))
                .orElse("");
    }

    /// How many people the waves that are out address, to within the evenness of their buckets.
    public long addressed() {
        return broadcast.addressed();
    }

    public String languages() {
        List<String> names = broadcast.contents().keySet().stream()
                .sorted()
                .map(Words::language)
                .toList();
        return String.join(", ", names);
    }

    public Optional<String> people() {
        return broadcast.audienceSize().isPresent()
                ? Optional.of(number(broadcast.audienceSize().getAsLong()))
                : Optional.empty();
    }

    static String number(long value) {
        return String.format(Locale.ENGLISH, "%,d", value);
    }

    static String people(long count) {
        return count == 1 ? "1 person" : number(count) + " people";
    }

    static String devices(long count) {
        return count == 1 ? "1 device" : number(count) + " devices";
    }
}
