package io.belfry.console.categories;

import io.belfry.console.Form;
import io.belfry.core.category.Category;
import io.belfry.core.category.Medium;
import io.belfry.core.category.PushUnless;
import io.belfry.core.event.Priority;
import io.belfry.core.event.Throttle;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// A category as typed. Immutable.
///
/// @param pushDelay in seconds, as typed
/// @param edition stands for the category as it was when the form was shown; empty for a new one
record CategoryForm(
        String id,
        String name,
        String description,
        String priority,
        boolean mandatory,
        boolean push,
        String pushUnless,
        String pushDelay,
        String edition) {
    private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9_-]{0,62}");
    private static final Pattern SECONDS = Pattern.compile("\\d{1,5}([.]\\d{1,3})?");
    /// Control characters, and those that turn the direction of text around them.
    private static final Pattern UNSEEN = Pattern.compile("[\\p{Cntrl}\\u202A-\\u202E\\u2066-\\u2069]");
    private static final int MAX_NAME = 80;
    private static final int MAX_DESCRIPTION = 300;
    private static final Duration MAX_DELAY = Duration.ofDays(1);
    private static final int MILLIS = 3;

    static CategoryForm blank() {
        return new CategoryForm(
                "", "", "", Priority.NORMAL.label(), false, true, PushUnless.RECEIVED.label(), "10", "");
    }

    static CategoryForm of(Category category) {
        return new CategoryForm(
                category.id(),
                category.name(),
                category.description(),
                category.priority().label(),
                category.mandatory(),
                category.push(),
                category.pushUnless().label(),
                seconds(category.pushDelay()),
                edition(category));
    }

    /// @param id of the category that is edited; for a new one it is typed
    static CategoryForm read(Form form, Optional<String> id) {
        return new CategoryForm(
                id.orElseGet(() -> form.text("id")),
                form.text("name"),
                form.text("description"),
                form.text("priority"),
                form.isTicked("mandatory"),
                form.isTicked("push"),
                form.text("pushUnless"),
                form.text("pushDelay"),
                form.text("edition"));
    }

    /// The same over a category that changed since.
    CategoryForm over(Category now) {
        return new CategoryForm(id, name, description, priority, mandatory, push, pushUnless, pushDelay, edition(now));
    }

    /// Tells whether a category is still the one that a form was shown for.
    static String edition(Category category) {
        return Integer.toHexString(category.toString().hashCode());
    }

    /// What is wrong, by field; empty when it makes a [#category()].
    Map<String, String> problems() {
        var problems = new LinkedHashMap<String, String>();
        if (!ID.matcher(id).matches()) {
            problems.put("id", "1 to 63 small letters, digits, - and _, beginning with a letter or digit.");
        }
        if (name.isEmpty() || name.length() > MAX_NAME || UNSEEN.matcher(name).find()) {
            problems.put("name", "1 to " + MAX_NAME + " visible characters.");
        }
        if (description.length() > MAX_DESCRIPTION
                || UNSEEN.matcher(description).find()) {
            problems.put("description", "At most " + MAX_DESCRIPTION + " visible characters.");
        }
        if (Priority.ofLabel(priority).isEmpty()) {
            problems.put("priority", "Choose one.");
        }
        if (unless().isEmpty()) {
            problems.put("pushUnless", "Choose one.");
        }
        if (delay().isEmpty()) {
            problems.put("pushDelay", "0 to " + MAX_DELAY.toSeconds() + " seconds (a day), such as 10 or 2.5.");
        }
        return problems;
    }

    /// A new category.
    ///
    /// @throws java.util.NoSuchElementException when there are [#problems()]
    Category category() {
        return category(Set.of(), Optional.empty(), Optional.empty());
    }

    /// The category with what was typed, and as it was in what the form does not show.
    ///
    /// @throws java.util.NoSuchElementException when there are [#problems()]
    Category category(Category before) {
        return category(before.optIn(), before.throttle(), before.dedupe());
    }

    private Category category(Set<Medium> optIn, Optional<Throttle> throttle, Optional<Duration> dedupe) {
        return new Category(
                id,
                name,
                description,
                Priority.ofLabel(priority).orElseThrow(),
                mandatory,
                push,
                unless().orElseThrow(),
                delay().orElseThrow(),
                optIn,
                throttle,
                dedupe);
    }

    private Optional<PushUnless> unless() {
        for (PushUnless choice : PushUnless.values()) {
            if (choice.label().equals(pushUnless)) {
                return Optional.of(choice);
            }
        }
        return Optional.empty();
    }

    private Optional<Duration> delay() {
        return Optional.of(pushDelay)
                .filter(typed -> SECONDS.matcher(typed).matches())
                .map(typed -> Duration.ofMillis(
                        new BigDecimal(typed).movePointRight(MILLIS).longValueExact()))
                .filter(delay -> delay.compareTo(MAX_DELAY) <= 0);
    }

    /// Seconds as people write them: 10, 2.5.
    static String seconds(Duration delay) {
        return BigDecimal.valueOf(delay.toMillis(), MILLIS)
                .setScale(MILLIS, RoundingMode.UNNECESSARY)
                .stripTrailingZeros()
                .toPlainString();
    }
}
