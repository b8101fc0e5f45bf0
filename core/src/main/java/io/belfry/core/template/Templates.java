package io.belfry.core.template;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.belfry.core.database.Snapshot;
import io.belfry.core.signal.Signal;
import io.belfry.core.signal.Signals;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Templates by event type: drafts, published versions, and the compiled ones in use. A change is in use on every node
/// within moments (a signal), at the latest after `belfry.content.refresh-every`. Thread-safe; [#live] does not block.
@Singleton
public class Templates {
    private static final Logger LOG = LoggerFactory.getLogger(Templates.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<Map<String, TemplateContent>> CONTENTS = new TypeReference<>() {};
    private static final String VERSION = """
            select v.type, v.version, v.contents, v.author, v.created_at, v.published_at,
                   v.version = t.published_version as live
            from template_versions v join templates t using (type)
            """;

    private final Jdbi jdbi;
    private final Signals signals;
    private final Snapshot<Map<String, PublishedTemplate>> live;

    public Templates(Jdbi jdbi, Signals signals, ContentSettings settings) {
        this.jdbi = jdbi;
        this.signals = signals;
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
            problems.add(new TemplateProblem("", "", 0, 0, "no content (expected: at least one locale)"));
        }
        contents.forEach((locale, content) -> {
            if (content.title().isBlank()) {
                problems.add(new TemplateProblem(locale, "title", 0, 0, "blank (expected: a title)"));
            }
            Liquid.check(locale, "title", content.title()).ifPresent(problems::add);
            Liquid.check(locale, "body", content.body()).ifPresent(problems::add);
            Liquid.check(locale, "link", content.link()).ifPresent(problems::add);
        });
        return problems;
    }

    /// Renders contents that need not be saved, for previews.
    ///
    /// @param values see [PublishedTemplate#render]
    /// @throws RuntimeException when they are not Liquid or a limit is passed
    public Rendered preview(TemplateContent content, Map<String, Object> values) {
        return new PublishedTemplate(0, Map.of("preview", content)).render("preview", values);
    }

    /// A JSON object as template values.
    public static Map<String, Object> values(String jsonObject) {
        return Liquid.values(jsonObject);
    }

    public List<TemplateSummary> list() {
        return jdbi.withHandle(h -> h.createQuery("""
                        select t.type, t.published_version, max(v.version) as newest, t.updated_at,
                               (array_agg(v.contents order by v.version desc))[1] as contents
                        from templates t join template_versions v using (type)
                        group by t.type order by t.type
                        """)
                .map((row, c) -> {
                    Optional<Integer> published = Optional.ofNullable(row.getObject(2, Integer.class));
                    int newest = row.getInt(3);
                    boolean draft =
                            published.isEmpty() || newest > published.get() && isDraft(h, row.getString(1), newest);
                    return new TemplateSummary(
                            row.getString(1),
                            published,
                            draft ? Optional.of(newest) : Optional.empty(),
                            List.copyOf(contents(row.getString(5)).keySet()),
                            row.getTimestamp(4).toInstant());
                })
                .list());
    }

    private static boolean isDraft(Handle h, String type, int version) {
        return h.createQuery(
                        "select published_at is null from template_versions where type = :type and version = :version")
                .bind("type", type)
                .bind("version", version)
                .mapTo(Boolean.class)
                .one();
    }

    /// All versions of a type, newest first; empty when it has no template.
    public List<TemplateVersion> versions(String type) {
        return jdbi.withHandle(h -> h.createQuery(VERSION + " where v.type = :type order by v.version desc")
                .bind("type", type)
                .map((row, c) -> version(row))
                .list());
    }

    /// Saves a draft: replaces the newest version if that was never published, else adds one.
    ///
    /// @return its version
    public int saveDraft(String type, Map<String, TemplateContent> contents, String author) {
        return jdbi.inTransaction(h -> {
            h.createUpdate(
                            "insert into templates (type) values (:type) on conflict (type) do update set updated_at = now()")
                    .bind("type", type)
                    .execute();
            return h.createQuery("""
                            insert into template_versions (type, version, contents, author)
                            select :type, coalesce(max(version) filter (where published_at is null and version > coalesce(
                                       (select max(version) from template_versions where type = :type and published_at is not null), 0)),
                                       coalesce(max(version), 0) + 1), :contents::jsonb, :author
                            from template_versions where type = :type
                            on conflict (type, version) do update
                                set contents = excluded.contents, author = excluded.author, created_at = now()
                            returning version
                            """)
                    .bind("type", type)
                    .bind("contents", write(contents))
                    .bind("author", author)
                    .mapTo(Integer.class)
                    .one();
        });
    }

    /// Puts a version in use; an older one is a rollback.
    ///
    /// @return false when there is no such version
    public boolean publish(String type, int version) {
        boolean done = jdbi.inTransaction(h -> {
            int found = h.createUpdate(
                            "update template_versions set published_at = coalesce(published_at, now()) where type = :type and version = :version")
                    .bind("type", type)
                    .bind("version", version)
                    .execute();
            return found == 1
                    && h.createUpdate(
                                            "update templates set published_version = :version, updated_at = now() where type = :type")
                                    .bind("type", type)
                                    .bind("version", version)
                                    .execute()
                            == 1;
        });
        if (done) {
            live.refreshNow();
            signals.raise(Signal.CONTENT_CHANGED);
        }
        return done;
    }

    private Map<String, PublishedTemplate> loadLive() {
        var loaded = new HashMap<String, PublishedTemplate>();
        published().forEach(v -> compile(v).ifPresent(template -> loaded.put(v.type(), template)));
        return Map.copyOf(loaded);
    }

    private List<TemplateVersion> published() {
        return jdbi.withHandle(h -> h.createQuery(VERSION + " where v.version = t.published_version")
                .map((row, c) -> version(row))
                .list());
    }

    private static TemplateVersion version(ResultSet row) throws SQLException {
        return new TemplateVersion(
                row.getString(1),
                row.getInt(2),
                contents(row.getString(3)),
                row.getString(4),
                row.getTimestamp(5).toInstant(),
                Optional.ofNullable(row.getTimestamp(6)).map(Timestamp::toInstant),
                row.getBoolean(7));
    }

    private static Optional<PublishedTemplate> compile(TemplateVersion version) {
        try {
            return Optional.of(new PublishedTemplate(version.version(), version.contents()));
        } catch (RuntimeException e) {
            LOG.error(
                    "Template {} version {} does not compile; its events go out without words",
                    version.type(),
                    version.version(),
                    e);
            return Optional.empty();
        }
    }

    private static Map<String, TemplateContent> contents(String json) {
        try {
            return JSON.readValue(json, CONTENTS);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("template contents in the database are not readable", e);
        }
    }

    private static String write(Map<String, TemplateContent> contents) {
        try {
            return JSON.writeValueAsString(contents);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    @PreDestroy
    void close() {
        live.close();
    }
}
