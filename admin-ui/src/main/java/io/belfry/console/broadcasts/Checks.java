package io.belfry.console.broadcasts;

import io.belfry.core.broadcast.Audience;
import io.belfry.core.broadcast.Broadcast;
import io.belfry.core.broadcast.Content;
import io.belfry.core.broadcast.NewBroadcast;
import io.belfry.core.category.Categories;
import io.belfry.core.event.Priority;
import io.belfry.core.segment.Segment;
import io.belfry.core.segment.Segments;
import io.belfry.core.template.ContentSettings;
import io.belfry.core.user.UserId;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// What is wrong with a broadcast. Some things keep it from being saved, more keep it from being sent: a draft may be
/// unfinished, but what it holds is well-formed. Thread-safe; does not block.
@Singleton
final class Checks {
    static final int MAX_TITLE = 200;
    static final int MAX_BODY = 2_000;
    static final int MAX_LINK = 2_000;
    private static final int MAX_TOPIC = 255;
    private static final int MAX_WAVES = 1_024;
    private static final int SHOWN = 5;
    private static final Pattern TOPIC = Pattern.compile("[A-Za-z0-9._:@-]+(/[A-Za-z0-9._:@-]+)*");
    private static final Pattern LINK =
            Pattern.compile("(?i)(?!javascript:|data:|vbscript:)([a-z][a-z0-9+.-]*:|/)\\S*");

    private final Categories categories;
    private final Segments segments;
    private final ContentSettings content;
    private final BroadcastsSettings settings;
    private final Clock clock;

    Checks(
            Categories categories,
            Segments segments,
            ContentSettings content,
            BroadcastsSettings settings,
            Clock clock) {
        this.categories = categories;
        this.segments = segments;
        this.content = content;
        this.settings = settings;
        this.clock = clock;
    }

    /// The language of readers whose own is not among those of a broadcast.
    String fallback() {
        return content.fallbackLocale();
    }

    /// @param faults by field, empty when it can be saved
    /// @param broadcast when it can be saved
    record Checked(Map<String, String> faults, Optional<NewBroadcast> broadcast) {}

    Checked check(Composition typed, String author) {
        var faults = new LinkedHashMap<String, String>();
        Map<String, Content> contents = contents(typed, faults);
        audience(typed, faults);
        if (categories.find(typed.category()).isEmpty()) {
            faults.put("category", "Category: choose one.");
        }
        Optional<Priority> priority = Priority.ofLabel(typed.priority());
        if (priority.isEmpty()) {
            faults.put("priority", "Priority: choose one.");
        }
        if (!typed.validUntil().isEmpty() && typed.until().isEmpty()) {
            faults.put("validUntil", "Valid until: that is not a time.");
        }
        int waves = typed.waves().matches("\\d{1,4}") ? Integer.parseInt(typed.waves()) : 0;
        if (waves < 1 || waves > MAX_WAVES) {
            faults.put("waves", "Waves: “" + typed.waves() + "” (expected: 1 to " + MAX_WAVES + ").");
        }
        typed.timing().check(waves, faults);
        return new Checked(
                faults,
                faults.isEmpty()
                        ? Optional.of(new NewBroadcast(
                                typed.toAudience(),
                                contents,
                                typed.category(),
                                priority.orElseThrow(),
                                typed.until(),
                                waves,
                                typed.toPush(),
                                typed.timing().toRelease(),
                                author))
                        : Optional.empty());
    }

    private static Map<String, Content> contents(Composition typed, Map<String, String> faults) {
        var contents = new LinkedHashMap<String, Content>();
        var seen = new HashSet<String>();
        for (int i = 0; i < typed.words().size(); i++) {
            Words words = typed.words().get(i);
            Optional<String> tag = Words.tag(words.locale());
            if (tag.isEmpty()) {
                faults.put(
                        "locale-" + i,
                        "Language " + (i + 1) + ": “" + words.locale()
                                + "” is not a language tag (expected: like en or pt-BR).");
            } else if (!seen.add(tag.get())) {
                faults.put("locale-" + i, "Language " + (i + 1) + ": " + tag.get() + " is there already.");
            }
            tooLong("title-" + i, "Title", words.title(), MAX_TITLE, faults);
            tooLong("body-" + i, "Text", words.body(), MAX_BODY, faults);
            tooLong("link-" + i, "Link", words.link(), MAX_LINK, faults);
            if (!words.link().isEmpty() && !LINK.matcher(words.link()).matches()) {
                faults.put(
                        "link-" + i,
                        "Link: expected an address such as https://… or a path of your app such as /news.");
            }
            tag.ifPresent(t -> contents.put(t, words.content()));
        }
        if (contents.isEmpty() && faults.isEmpty()) {
            faults.put("locale-0", "Content: write it in at least one language.");
        }
        return contents;
    }

    private static void tooLong(String field, String label, String text, int max, Map<String, String> faults) {
        if (text.length() > max) {
            faults.put(field, label + ": " + text.length() + " characters (expected: at most " + max + ").");
        }
    }

    private void audience(Composition typed, Map<String, String> faults) {
        if (typed.audience().equals("topic")
                && !typed.topic().isEmpty()
                && (typed.topic().length() > MAX_TOPIC
                        || !TOPIC.matcher(typed.topic()).matches())) {
            faults.put("topic", "Topic: “" + typed.topic() + "” (expected: a path such as order/123).");
        }
        if (typed.audience().equals("segment") && !typed.segment().isEmpty() && !Segment.isId(typed.segment())) {
            faults.put("segment", "Segment: choose one.");
        }
        if (typed.audience().equals("users")) {
            List<String> ids = typed.userIds();
            List<String> wrong = ids.stream().filter(id -> !UserId.isValid(id)).toList();
            if (ids.size() > settings.maxListed()) {
                faults.put(
                        "users",
                        "People: " + ids.size() + " ids (expected: at most " + settings.maxListed()
                                + "; for more, let them follow a topic).");
            } else if (!wrong.isEmpty()) {
                faults.put(
                        "users",
                        "People: " + wrong.size() + (wrong.size() == 1 ? " is no user id: " : " are no user ids: ")
                                + String.join(", ", wrong.stream().limit(SHOWN).toList())
                                + (wrong.size() > SHOWN ? " …" : "") + " (expected: " + UserId.EXPECTED + ").");
            }
        }
    }

    /// What is missing before a draft can be sent.
    List<String> gaps(Broadcast draft) {
        var gaps = new ArrayList<>(wordGaps(draft));
        switch (draft.audience()) {
            case Audience.Everyone() -> {}
            case Audience.Topic(String topic) -> {
                if (topic.isEmpty()) {
                    gaps.add("Audience: name the topic.");
                }
            }
            case Audience.Segment(String segment) -> {
                if (segment.isEmpty()) {
                    gaps.add("Audience: choose the segment.");
                } else if (!segments.isKnown(segment)) {
                    gaps.add("Audience: there is no segment “" + segment + "” any more.");
                }
            }
            case Audience.Users(List<String> users) -> {
                if (users.isEmpty()) {
                    gaps.add("Audience: list at least one person.");
                }
            }
        }
        Instant now = clock.instant();
        draft.validUntil()
                .filter(until -> !until.isAfter(now))
                .ifPresent(until -> gaps.add("Valid until: that time has passed, so nobody would get it."));
        Optional<Instant> starts = draft.release().startsAt();
        if (starts.filter(at -> !at.isAfter(now)).isPresent()) {
            gaps.add("Send at: that time has passed. Choose another, or none to send it at once.");
        }
        if (starts.isPresent()
                && draft.validUntil()
                        .filter(until -> !until.isAfter(starts.get()))
                        .isPresent()) {
            gaps.add("Valid until: it would not be valid any more when it is sent.");
        }
        return gaps;
    }

    /// What is missing before it can be sent to anybody at all.
    List<String> wordGaps(Broadcast draft) {
        var gaps = new ArrayList<String>();
        if (!draft.contents().containsKey(fallback())) {
            gaps.add("Content: add " + Words.language(fallback()) + " (" + fallback()
                    + "). People whose language is not among yours read that one.");
        }
        Words.of(draft.contents(), fallback()).stream()
                .filter(words -> words.title().isBlank())
                .forEach(words -> gaps.add("Content: the " + words.language() + " title is missing."));
        return gaps;
    }
}
