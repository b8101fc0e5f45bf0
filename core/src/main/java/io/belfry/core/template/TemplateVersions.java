package io.belfry.core.template;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/// The versions of all templates: drafts, and what is or was in use. Drafts are saved and versions published only over
/// what their editor saw, so that nobody's change is lost unnoticed. Thread-safe; blocks on the database.
@Singleton
public class TemplateVersions {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final TypeReference<Map<String, TemplateContent>> CONTENTS = new TypeReference<>() {};
    private static final String VERSION = """
            select v.type, v.version, v.revision, v.contents, v.author, v.saved_at, v.published_at,
                   v.version is not distinct from t.published_version as live
            from template_versions v join templates t using (type)
            """;

    private final Jdbi jdbi;
    private final Templates templates;

    public TemplateVersions(Jdbi jdbi, Templates templates) {
        this.jdbi = jdbi;
        this.templates = templates;
    }

    /// All templates by type.
    public List<TemplateSummary> list() {
        return jdbi.withHandle(h -> h.createQuery("""
                        select t.type, t.published_version, v.version, v.published_at is null as draft, v.author, v.saved_at,
                               array(select jsonb_object_keys(v.contents) order by 1) as locales
                        from templates t cross join lateral (
                            select * from template_versions where type = t.type order by version desc limit 1) v
                        order by t.type
                        """)
                .map((row, c) -> new TemplateSummary(
                        row.getString("type"),
                        Optional.ofNullable(row.getObject("published_version", Integer.class)),
                        row.getBoolean("draft") ? Optional.of(row.getInt("version")) : Optional.empty(),
                        List.of((String[]) row.getArray("locales").getArray()),
                        row.getString("author"),
                        row.getTimestamp("saved_at").toInstant()))
                .list());
    }

    /// All versions of a type, newest first; empty when it has no template.
    public List<TemplateVersion> of(String type) {
        return jdbi.withHandle(h -> h.createQuery(VERSION + " where v.type = :type order by v.version desc")
                .bind("type", type)
                .map((row, c) -> version(row))
                .list());
    }

    public Optional<TemplateVersion> find(String type, int version) {
        return jdbi.withHandle(h -> find(h, type, version));
    }

    /// The version that an editor goes on with: the draft, or else the newest published one.
    public Optional<TemplateVersion> newest(String type) {
        return jdbi.withHandle(h -> newest(h, type));
    }

    /// The version in use.
    public Optional<TemplateVersion> live(String type) {
        return jdbi.withHandle(h -> h.createQuery(VERSION + " where v.type = :type and v.version = t.published_version")
                .bind("type", type)
                .map((row, c) -> version(row))
                .findOne());
    }

    /// When which version was in use, latest first.
    public List<Publication> publications(String type) {
        return jdbi.withHandle(h -> h.createQuery("""
                        select version, author, note, published_at, lead(published_at) over (order by id) as until
                        from template_publications where type = :type order by id desc
                        """)
                .bind("type", type)
                .map((row, c) -> new Publication(
                        type,
                        row.getInt("version"),
                        row.getString("author"),
                        row.getString("note"),
                        row.getTimestamp("published_at").toInstant(),
                        Optional.ofNullable(row.getTimestamp("until")).map(Timestamp::toInstant)))
                .list());
    }

    /// Saves a draft: replaces the newest version if that was never published, else adds one.
    ///
    /// @param seen the revision of the newest version when its editor opened it
    public DraftSaving saveDraft(String type, Map<String, TemplateContent> contents, String author, Revision seen) {
        return jdbi.inTransaction(h -> {
            h.createUpdate("insert into templates (type) values (:type) on conflict do nothing")
                    .bind("type", type)
                    .execute();
            lock(h, type);
            Optional<TemplateVersion> newest = newest(h, type);
            if (newest.isPresent() && !newest.get().revision().equals(seen)) {
                return new DraftSaving.Outdated(newest.get());
            }
            int version =
                    newest.map(v -> v.isDraft() ? v.version() : v.version() + 1).orElse(1);
            h.createUpdate("""
                            insert into template_versions (type, version, contents, author)
                            values (:type, :version, :contents::jsonb, :author)
                            on conflict (type, version) do update
                                set contents = excluded.contents, author = excluded.author, saved_at = now(),
                                    revision = excluded.revision
                            """)
                    .bind("type", type)
                    .bind("version", version)
                    .bind("contents", write(contents))
                    .bind("author", author)
                    .execute();
            return new DraftSaving.Saved(find(h, type, version).orElseThrow());
        });
    }

    /// Throws a draft away; a template that was never published goes with it.
    ///
    /// @return false when the newest version is not the draft that was seen
    public boolean discardDraft(String type, Revision seen) {
        return jdbi.inTransaction(h -> {
            lock(h, type);
            int found = h.createUpdate("""
                            delete from template_versions where type = :type and revision = :seen and published_at is null
                            """)
                    .bind("type", type)
                    .bind("seen", seen.number())
                    .execute();
            h.createUpdate("""
                            delete from templates t where type = :type
                            and not exists (select 1 from template_versions v where v.type = t.type)
                            """).bind("type", type).execute();
            return found == 1;
        });
    }

    /// What somebody decided to put in use, as they saw it. An older version is a rollback.
    ///
    /// @param seen the version's revision
    /// @param replaces the version that was in use
    public record Choice(String type, int version, Revision seen, Optional<Integer> replaces) {}

    /// Puts a version in use; every event that is dispatched from then on gets its words.
    ///
    /// @param note why, for the history
    public Publishing publish(Choice choice, String author, String note) {
        Publishing outcome = jdbi.inTransaction(h -> {
            lock(h, choice.type());
            Optional<TemplateVersion> version = find(h, choice.type(), choice.version());
            if (version.isEmpty()) {
                return new Publishing.Missing();
            }
            if (!version.get().revision().equals(choice.seen())
                    || !liveVersion(h, choice.type()).equals(choice.replaces())) {
                return new Publishing.Outdated();
            }
            List<TemplateProblem> problems = templates.check(version.get().contents());
            if (!problems.isEmpty()) {
                return new Publishing.Faulty(problems);
            }
            putInUse(h, choice, author, note);
            return new Publishing.Published(
                    find(h, choice.type(), choice.version()).orElseThrow());
        });
        templates.changed();
        return outcome;
    }

    private static void putInUse(Handle h, Choice choice, String author, String note) {
        h.createUpdate("update template_versions set published_at = coalesce(published_at, now())"
                        + " where type = :type and version = :version")
                .bind("type", choice.type())
                .bind("version", choice.version())
                .execute();
        h.createUpdate("update templates set published_version = :version where type = :type")
                .bind("type", choice.type())
                .bind("version", choice.version())
                .execute();
        h.createUpdate("insert into template_publications (type, version, author, note)"
                        + " values (:type, :version, :author, :note)")
                .bind("type", choice.type())
                .bind("version", choice.version())
                .bind("author", author)
                .bind("note", note)
                .execute();
    }

    /// One change of a template at a time.
    private static void lock(Handle h, String type) {
        h.createQuery("select type from templates where type = :type for update")
                .bind("type", type)
                .mapTo(String.class)
                .findOne();
    }

    private static Optional<TemplateVersion> newest(Handle h, String type) {
        return h.createQuery(VERSION + " where v.type = :type order by v.version desc limit 1")
                .bind("type", type)
                .map((row, c) -> version(row))
                .findOne();
    }

    private static Optional<TemplateVersion> find(Handle h, String type, int version) {
        return h.createQuery(VERSION + " where v.type = :type and v.version = :version")
                .bind("type", type)
                .bind("version", version)
                .map((row, c) -> version(row))
                .findOne();
    }

    private static Optional<Integer> liveVersion(Handle h, String type) {
        return h.createQuery(
                        "select published_version from templates where type = :type and published_version is not null")
                .bind("type", type)
                .mapTo(Integer.class)
                .findOne();
    }

    private static TemplateVersion version(ResultSet row) throws SQLException {
        return new TemplateVersion(
                row.getString("type"),
                row.getInt("version"),
                new Revision(row.getLong("revision")),
                contents(row.getString("contents")),
                row.getString("author"),
                row.getTimestamp("saved_at").toInstant(),
                Optional.ofNullable(row.getTimestamp("published_at")).map(Timestamp::toInstant),
                row.getBoolean("live"));
    }

    static Map<String, TemplateContent> contents(String json) {
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
}
