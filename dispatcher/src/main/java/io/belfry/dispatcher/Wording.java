package io.belfry.dispatcher;

import io.belfry.core.decision.Recipient;
import io.belfry.core.template.ContentSettings;
import io.belfry.core.template.PublishedTemplate;
import io.belfry.core.template.Rendered;
import io.belfry.core.template.Templates;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds the words of each notification: the published template of its type in the reader's locale. A type without a
/// template has none and delivers its data alone; so does a notification whose template fails, since words that are
/// missing are better than a notification that is.
@Singleton
final class Wording {
    private static final Logger LOG = LoggerFactory.getLogger(Wording.class);

    private final Templates templates;
    private final ContentSettings settings;
    private final Counter failures;

    Wording(Templates templates, ContentSettings settings, MeterRegistry metrics) {
        this.templates = templates;
        this.settings = settings;
        this.failures = Counter.builder("belfry.template.failures")
                .description("Notifications that went out without words because their template failed")
                .register(metrics);
    }

    /// For one batch: what does not depend on the reader is rendered once an event and locale.
    final class OfBatch {
        private final Map<UUID, Map<String, Object>> data = new HashMap<>();
        private final Map<Shared, Rendered> shared = new HashMap<>();

        Rendered of(ClaimedEvent event, Recipient reader) {
            Optional<PublishedTemplate> found = templates.live(event.type());
            if (found.isEmpty()) {
                return Rendered.NOTHING;
            }
            PublishedTemplate template = found.get();
            String locale = template.localeFor(reader.locale(), settings.fallbackLocale());
            return template.isPersonal()
                    ? render(template, locale, event, reader)
                    : shared.computeIfAbsent(
                            new Shared(event.id(), locale), key -> render(template, locale, event, reader));
        }

        private Rendered render(PublishedTemplate template, String locale, ClaimedEvent event, Recipient reader) {
            try {
                var values = new HashMap<String, Object>();
                values.put("data", data.computeIfAbsent(event.id(), id -> Templates.values(event.data())));
                values.put("type", event.type());
                event.actor().ifPresent(actor -> values.put("actor", actor));
                values.put(
                        "user",
                        Map.of("id", reader.id(), "locale", reader.locale().orElse(locale)));
                return template.render(locale, values);
            } catch (RuntimeException e) {
                failures.increment();
                LOG.warn(
                        "Template {} version {} failed in {}: {}",
                        event.type(),
                        template.version(),
                        locale,
                        e.getMessage());
                return Rendered.NOTHING;
            }
        }
    }

    private record Shared(UUID event, String locale) {}

    OfBatch ofBatch() {
        return new OfBatch();
    }
}
