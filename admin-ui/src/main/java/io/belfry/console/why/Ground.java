package io.belfry.console.why;

import io.belfry.core.category.Category;
import io.belfry.core.category.Medium;
import io.belfry.core.decision.Circumstances;
import io.belfry.core.decision.Deliberation;
import io.belfry.core.decision.Rehearsal;
import io.belfry.core.event.Priority;
import io.belfry.core.event.Throttle;
import io.belfry.core.preference.Preferences;
import io.belfry.core.preference.PreferencesJson;
import io.belfry.core.preference.QuietHours;
import io.belfry.core.stop.StopTarget;
import io.belfry.core.stop.StopsInForce;
import io.micronaut.http.uri.UriBuilder;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// One of the facts that a decision rests on.
///
/// @param link where it is changed, or null
/// @param at a moment that belongs to it, or null
record Ground(String name, String says, String link, Instant at) {
    private static final DateTimeFormatter CLOCK = DateTimeFormatter.ofPattern("EEEE HH:mm", Locale.ENGLISH);

    static List<Ground> of(Rehearsal.Part part, Deliberation.Matter matter, StopsInForce stops) {
        Category category = matter.category();
        Optional<String> topic = matter.topic();
        String user = part.recipient().id();
        String preferences = address("/console/users/preferences", user);
        Circumstances.Person person = part.recipient().person();
        Preferences chosen = person.preferences();
        var grounds = new ArrayList<Ground>();
        grounds.add(new Ground("Category", category(category), "/console/categories/" + category.id(), null));
        grounds.add(new Ground("Emergency stops", stopped(matter, stops), "/console/stops", null));
        if (matter.passage() == Circumstances.Passage.SANDBOX) {
            grounds.add(new Ground(
                    "Tests",
                    "it is a test, and the user is "
                            + (part.recipient().person().mayGetTests() ? "" : "not ")
                            + "on the list of those who may get tests",
                    null,
                    null));
        }
        grounds.add(new Ground("What the user chose for it", choices(chosen, category), preferences, null));
        topic.ifPresent(t -> grounds.add(new Ground(
                "Topic " + t,
                chosen.mutes(t) ? "muted by the user, or one above it is" : "not muted",
                preferences,
                null)));
        grounds.add(chosen.pausedUntil()
                .filter(until -> until.isAfter(part.at()))
                .map(until -> new Ground("Pause", "no disturbance until", preferences, until))
                .orElseGet(() -> new Ground("Pause", "none", preferences, null)));
        grounds.add(new Ground("Quiet hours", quiet(chosen.quietHours()), preferences, null));
        grounds.add(new Ground(
                "The user's clock",
                CLOCK.format(LocalDateTime.ofInstant(part.at(), person.zone())) + " in " + person.zone(),
                preferences,
                null));
        grounds.add(new Ground("Devices", devices(person.devices()), address("/console/users/profile", user), null));
        return grounds;
    }

    private static String stopped(Deliberation.Matter matter, StopsInForce stops) {
        if (matter.passage() == Circumstances.Passage.STOPPED) {
            return "it was held by one, and discarded";
        }
        var says = new ArrayList<String>();
        if (stops.isStopped(new StopTarget.Category(matter.category().id()))) {
            says.add("the category is stopped: its events and pushes are held until somebody ends the stop");
        }
        if (matter.priority() == Priority.BULK && stops.isStopped(new StopTarget.Bulk())) {
            says.add("bulk is stopped: it is held until somebody ends the stop");
        }
        if (stops.isStopped(new StopTarget.Push())) {
            says.add("pushes are stopped: they are held until somebody ends the stop");
        }
        return says.isEmpty() ? "none that concerns it" : String.join("; ", says);
    }

    private static String address(String path, String user) {
        return UriBuilder.of(path).queryParam("id", user).build().toString();
    }

    private static String category(Category category) {
        var says = new ArrayList<String>();
        says.add(category.name() + (category.mandatory() ? ", mandatory: choices of users do not count" : ""));
        says.add(
                category.push()
                        ? "pushed " + seconds(category.pushDelay()) + " later unless "
                                + category.pushUnless().label()
                        : "never pushed");
        category.throttle().ifPresent(throttle -> says.add(throttle(throttle)));
        category.dedupe().ifPresent(window -> says.add("no duplicates within " + seconds(window)));
        return String.join("; ", says);
    }

    private static String throttle(Throttle throttle) {
        return "at most " + throttle.limit() + " in " + seconds(throttle.window()) + ", what is beyond "
                + switch (throttle.excess()) {
                    case SILENT -> "comes in silence";
                    case DEFERRED -> "is pushed later";
                };
    }

    private static String choices(Preferences chosen, Category category) {
        Map<Medium, Boolean> choices = chosen.choices().getOrDefault(category.id(), Map.of());
        return Arrays.stream(Medium.values())
                .map(medium -> medium.label() + " " + choice(choices.get(medium), category, medium))
                .collect(Collectors.joining(", "));
    }

    private static String choice(Boolean chosen, Category category, Medium medium) {
        if (chosen != null) {
            return chosen ? "on" : "off";
        }
        return category.optIn().contains(medium) ? "not chosen, so off" : "not chosen, so on";
    }

    static String quiet(Optional<QuietHours> quiet) {
        return quiet.map(hours -> "from " + hours.from() + " to " + hours.to()
                        + (hours.days().isEmpty() ? ", every day" : ", on " + days(hours)))
                .orElse("none");
    }

    private static String days(QuietHours hours) {
        return Arrays.stream(DayOfWeek.values())
                .filter(hours.days()::contains)
                .map(PreferencesJson::label)
                .collect(Collectors.joining(", "));
    }

    private static String devices(int devices) {
        return switch (devices) {
            case 0 -> "none registered for push";
            case 1 -> "1 registered for push";
            default -> devices + " registered for push";
        };
    }

    private static String seconds(Duration time) {
        if (time.toSeconds() < 120) {
            return time.toSeconds() + " s";
        }
        return time.toHours() < 3 ? time.toMinutes() + " min" : time.toHours() + " h";
    }
}
