package io.belfry.api.preference;

import io.belfry.api.json.StrictJson;
import io.belfry.core.category.Categories;
import io.belfry.core.preference.Chosen;
import io.belfry.core.preference.PreferenceSettings;
import io.belfry.core.preference.UserPreferences;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MutableHttpResponse;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.concurrent.atomic.AtomicBoolean;

/// Shows and changes the preferences of one user, whoever asks for it. Thread-safe; blocks on the database.
@Singleton
final class PreferenceDesk {
    private final UserPreferences preferences;
    private final Categories categories;
    private final PreferenceSettings settings;
    private final StrictJson json;
    private final Clock clock;

    PreferenceDesk(
            UserPreferences preferences,
            Categories categories,
            PreferenceSettings settings,
            StrictJson json,
            Clock clock) {
        this.preferences = preferences;
        this.categories = categories;
        this.settings = settings;
        this.json = json;
        this.clock = clock;
    }

    MutableHttpResponse<?> show(String user) {
        return answer(preferences.of(user));
    }

    MutableHttpResponse<?> change(String user, byte[] body) {
        return switch (json.read(body)) {
            case StrictJson.Reading.Refused(var problem) -> problem.response();
            case StrictJson.Reading.Of(var value) -> {
                var patch = new PreferencesPatch(categories, settings, clock.instant());
                patch.read(value);
                yield patch.faults().isEmpty()
                        ? change(user, patch)
                        : patch.faults().problem().response();
            }
        };
    }

    private MutableHttpResponse<?> change(String user, PreferencesPatch patch) {
        var fits = new AtomicBoolean();
        Chosen now = preferences.change(user, before -> {
            Chosen after = patch.apply(before);
            fits.set(patch.fits(after));
            return fits.get() ? after : before;
        });
        return fits.get() ? answer(now) : patch.faults().problem().response();
    }

    private MutableHttpResponse<?> answer(Chosen chosen) {
        return HttpResponse.ok(PreferencesView.of(chosen, categories.list(), clock.instant()));
    }
}
