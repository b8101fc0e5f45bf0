package io.belfry.console.users;

import io.belfry.console.Acts;
import io.belfry.console.Flash;
import io.belfry.console.Needs;
import io.belfry.console.Pages;
import io.belfry.console.ReaderZone;
import io.belfry.console.Visit;
import io.belfry.core.access.Role;
import io.belfry.core.category.Categories;
import io.belfry.core.category.Category;
import io.belfry.core.category.Medium;
import io.belfry.core.preference.Chosen;
import io.belfry.core.preference.PreferenceSettings;
import io.belfry.core.preference.PreferencesJson;
import io.belfry.core.preference.UserPreferences;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.rules.SecurityRule;
import java.time.Clock;
import java.time.DayOfWeek;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/// What a user chose, and changing it for them. A change says what it was made from: what the user did meanwhile is not
/// undone.
@Controller("/console/users/preferences")
@Secured(SecurityRule.IS_ANONYMOUS)
@Produces(MediaType.TEXT_HTML)
@Consumes(MediaType.APPLICATION_FORM_URLENCODED)
@ExecuteOn(TaskExecutors.BLOCKING)
@Needs(Role.VIEWER)
final class PreferencesPageController {
    private static final String VIEW = "users/preferences";
    private static final int MAX_AUDITED = 4_000;
    private static final List<String> DAYS =
            Arrays.stream(DayOfWeek.values()).map(PreferencesJson::label).toList();

    private final Pages pages;
    private final People people;
    private final UserPreferences preferences;
    private final PreferenceSettings settings;
    private final Categories categories;
    private final Acts acts;
    private final Clock clock;

    PreferencesPageController(
            Pages pages,
            People people,
            UserPreferences preferences,
            PreferenceSettings settings,
            Categories categories,
            Acts acts,
            Clock clock) {
        this.pages = pages;
        this.people = people;
        this.preferences = preferences;
        this.settings = settings;
        this.categories = categories;
        this.acts = acts;
        this.clock = clock;
    }

    /// @param faults by field
    record PreferencesModel(
            Person person,
            PreferencesForm typed,
            List<Category> categories,
            List<Medium> media,
            List<String> days,
            List<String> zones,
            Map<String, String> faults) {
        public List<String> problems() {
            return List.copyOf(faults.values());
        }

        public String wrong(String field) {
            return faults.get(field);
        }
    }

    @Get
    MutableHttpResponse<?> page(@QueryValue String id, Visit visit) {
        return people.find(id, "preferences")
                .<MutableHttpResponse<?>>map(person ->
                        pages.show(visit, VIEW, model(person, PreferencesForm.of(preferences.of(id)), Map.of())))
                .orElseGet(() -> pages.notFound(visit, "user"));
    }

    @Post
    @Needs(Role.EDITOR)
    MutableHttpResponse<?> save(@QueryValue String id, Visit visit) {
        Optional<Person> person = people.find(id, "preferences");
        if (person.isEmpty()) {
            return pages.notFound(visit, "user");
        }
        List<Category> all = categories.list();
        PreferencesForm typed = PreferencesForm.of(visit.form(), all);
        Map<String, String> faults = typed.faults(all, settings, clock.instant());
        if (!faults.isEmpty()) {
            return pages.refuse(visit, VIEW, model(person.get(), typed, faults));
        }
        var before = new AtomicReference<>(Chosen.NOTHING);
        Chosen after = preferences.change(id, chosen -> {
            before.set(chosen);
            return PreferencesForm.fingerprint(chosen).equals(typed.seen())
                    ? typed.applied(chosen, all, clock.instant())
                    : chosen;
        });
        if (!PreferencesForm.fingerprint(before.get()).equals(typed.seen())) {
            return pages.refuse(visit, VIEW, model(person.get(), typed, Map.of("", """
                            The user, or somebody else, changed them while you were at it. Nothing was saved; what you typed \
                            is still below. Open the page again to see what they are now.""")));
        }
        acts.record(visit, "user.preferences", id, Map.of("before", told(before.get()), "after", told(after)));
        return pages.go(
                visit,
                People.address("preferences", id),
                Flash.done("The preferences are saved. They hold for whatever is decided from now on."));
    }

    private static String told(Chosen chosen) {
        String text = PreferencesJson.write(chosen.preferences())
                + chosen.timeZone().map(zone -> " " + zone).orElse("");
        return text.length() <= MAX_AUDITED ? text : text.substring(0, MAX_AUDITED) + "…";
    }

    private PreferencesModel model(Person person, PreferencesForm typed, Map<String, String> faults) {
        return new PreferencesModel(
                person, typed, categories.list(), List.of(Medium.values()), DAYS, ReaderZone.NAMES, faults);
    }
}
