package io.belfry.core.template;

import io.belfry.core.database.Snapshot;
import io.belfry.core.signal.Signal;
import io.belfry.core.signal.Signals;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The templates in use, by event type, compiled. A change ([TemplateVersions]) is in use on every node within moments
/// (a signal), at the latest after `belfry.content.refresh-every`. Thread-safe; [#live] does not block.
@Singleton
public class Templates {
    private static final Logger LOG = LoggerFactory.getLogger(Templates.class);

    private final Jdbi jdbi;
    private final Signals signals;
    private final TemplateSettings limits;
    private final Snapshot<Map<String, PublishedTemplate>> live;

    public Templates(Jdbi jdbi, Signals signals, ContentSettings settings, TemplateSettings limits) {
        this.jdbi = jdbi;
        this.signals = signals;
        this.limits = limits;
        this.live = new Snapshot<>("templates", settings.refreshEvery(), this::loadLive);
        signals.on(Signal.CONTENT_CHANGED, live::refresh);
    }

    /// The published template of a type.
    public Optional<PublishedTemplate> live(String type) {
        return Optional.ofNullable(live.get().get(type));
    }

    /// What is wrong with these contents; empty when they can be published.
    public List<TemplateProblem> check(Map<String, TemplateContent> contents) {
        var problems = new ArrayList<TemplateProblem>();
        if (contents.isEmpty()) {
            problems.add(new TemplateProblem("", "", 0, 0, "no content (expected: at least one language)"));
        }
        contents.forEach((locale, content) -> {
            if (content.title().isBlank()) {
                problems.add(new TemplateProblem(locale, "title", 0, 0, "blank (expected: a title)"));
            }
            Liquid.check(locale, "title", content.title()).ifPresent(problems::add);
            Liquid.check(locale, "body", content.body()).ifPresent(problems::add);
            Liquid.checkLink(locale, content.link()).ifPresent(problems::add);
        });
        tooMuch(contents).ifPresent(problems::add);
        return problems;
    }

    /// Why these contents are too much for one template, even as a draft; empty when they are not.
    public Optional<TemplateProblem> tooMuch(Map<String, TemplateContent> contents) {
        long bytes = contents.values().stream()
                .mapToLong(c -> bytes(c.title()) + bytes(c.body()) + bytes(c.link()))
                .sum();
        if (contents.size() > limits.maxLocales()) {
            return Optional.of(new TemplateProblem(
                    "", "", 0, 0, contents.size() + " languages (expected: at most " + limits.maxLocales() + ")"));
        }
        return bytes > limits.maxBytes()
                ? Optional.of(new TemplateProblem(
                        "", "", 0, 0, bytes + " bytes in all (expected: at most " + limits.maxBytes() + ")"))
                : Optional.empty();
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /// A JSON object as template values.
    public static Map<String, Object> values(String jsonObject) {
        return Liquid.values(jsonObject);
    }

    /// Whether apps may follow it.
    public static boolean isSafeLink(String link) {
        return Liquid.safeLink(link) != null;
    }

    /// To be called after a change.
    void changed() {
        live.refreshNow();
        signals.raise(Signal.CONTENT_CHANGED);
    }

    private Map<String, PublishedTemplate> loadLive() {
        var loaded = new HashMap<String, PublishedTemplate>();
        for (Stored stored : stored()) {
            compile(stored).ifPresent(template -> loaded.put(stored.type(), template));
        }
        return Map.copyOf(loaded);
    }

    private record Stored(String type, int version, String contents) {}

    private List<Stored> stored() {
        return jdbi.withHandle(h -> h.createQuery("""
                        select v.type, v.version, v.contents
                        from templates t join template_versions v on v.type = t.type and v.version = t.published_version
                        """)
                .map((row, c) -> new Stored(row.getString(1), row.getInt(2), row.getString(3)))
                .list());
    }

    private static Optional<PublishedTemplate> compile(Stored stored) {
        try {
            return Optional.of(new PublishedTemplate(stored.version(), TemplateVersions.contents(stored.contents())));
        } catch (RuntimeException e) {
            LOG.error(
                    "Template {} version {} does not compile; its events go out without words",
                    stored.type(),
                    stored.version(),
                    e);
            return Optional.empty();
        }
    }

    @PreDestroy
    void close() {
        live.close();
    }
}
