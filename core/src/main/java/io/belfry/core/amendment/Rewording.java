package io.belfry.core.amendment;

import io.belfry.core.template.ContentSettings;
import io.belfry.core.template.Rendered;
import io.belfry.core.template.Templates;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds the words of a notification whose data is new, as a dispatcher finds those of one that is new itself. Where
/// there is no template, or it fails, the words stay as they are. Thread-safe.
@Singleton
final class Rewording {
    private static final Logger LOG = LoggerFactory.getLogger(Rewording.class);

    private final Templates templates;
    private final ContentSettings settings;

    Rewording(Templates templates, ContentSettings settings) {
        this.templates = templates;
        this.settings = settings;
    }

    /// What a template may say of a notification.
    record Subject(String type, Optional<String> actor, String user, Optional<String> locale) {}

    /// @param data the new one
    Optional<Rendered> of(Subject subject, String data) {
        return templates.live(subject.type).flatMap(template -> {
            String locale = template.localeFor(subject.locale, settings.fallbackLocale());
            var values = new HashMap<String, Object>();
            values.put("data", Templates.values(data));
            values.put("type", subject.type);
            subject.actor.ifPresent(actor -> values.put("actor", actor));
            values.put("user", Map.of("id", subject.user, "locale", subject.locale.orElse(locale)));
            try {
                return Optional.of(template.render(locale, values));
            } catch (RuntimeException e) {
                LOG.warn("Template {} failed on an edit: {}", subject.type, e.getMessage());
                return Optional.empty();
            }
        });
    }
}
