package io.belfry.core.template;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.signal.Signals;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.RedisServer;
import io.belfry.testkit.TestDatabase;
import io.lettuce.core.RedisClient;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.postgres.PostgresPlugin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith({PostgresExtension.class, RedisExtension.class})
class TemplateVersionsTest {
    private static final TemplateContent ONE = new TemplateContent("One", "", "");
    private static final TemplateContent TWO = new TemplateContent("Two", "", "");
    private static final String ADA = "ada@example.com";
    private static final String BOB = "bob@example.com";

    private final RedisClient redis;
    private final Signals signals;
    private final Templates templates;
    private final TemplateVersions versions;

    TemplateVersionsTest(TestDatabase database, RedisServer server) {
        Jdbi jdbi = Jdbi.create(database.jdbcUrl(), database.user(), database.password())
                .installPlugin(new PostgresPlugin());
        this.redis = RedisClient.create(server.url());
        this.signals = new Signals(redis);
        this.templates = new Templates(
                jdbi, signals, new ContentSettings("en", Duration.ofHours(1)), new TemplateSettings(3, 1_000));
        this.versions = new TemplateVersions(jdbi, templates);
    }

    @AfterEach
    void close() {
        templates.close();
        redis.close();
    }

    @Test
    void aDraftIsReplacedAndAPublishedVersionNeverIs() {
        TemplateVersion first = saved("v.kept", ONE, ADA, Revision.NONE);
        TemplateVersion second = saved("v.kept", TWO, BOB, first.revision());
        assertThat(second.version()).isEqualTo(1);
        assertThat(second.author()).isEqualTo(BOB);
        publish(second, Optional.empty());
        TemplateVersion third = saved("v.kept", ONE, ADA, second.revision());
        assertThat(third.version()).isEqualTo(2);
        assertThat(versions.find("v.kept", 1).orElseThrow().contents()).containsEntry("en", TWO);
    }

    @Test
    void whatSomebodyElseSavedMeanwhileIsNotOverwritten() {
        TemplateVersion seen = saved("v.race", ONE, ADA, Revision.NONE);
        saved("v.race", TWO, BOB, seen.revision());
        assertThat(versions.saveDraft("v.race", Map.of("en", ONE), ADA, seen.revision()))
                .isInstanceOfSatisfying(
                        DraftSaving.Outdated.class,
                        outdated -> assertThat(outdated.newest().author()).isEqualTo(BOB));
        assertThat(versions.newest("v.race").orElseThrow().contents()).containsEntry("en", TWO);
    }

    @Test
    void ofManyWhoSaveAtOnceOneSucceeds() throws Exception {
        TemplateVersion seen = saved("v.many", ONE, ADA, Revision.NONE);
        List<Callable<DraftSaving>> savings = IntStream.range(0, 8)
                .<Callable<DraftSaving>>mapToObj(
                        i -> () -> versions.saveDraft("v.many", Map.of("en", TWO), "op" + i, seen.revision()))
                .toList();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            long succeeded = threads.invokeAll(savings).stream()
                    .filter(done -> done.resultNow() instanceof DraftSaving.Saved)
                    .count();
            assertThat(succeeded).isEqualTo(1);
        }
    }

    @Test
    void aRevisionIsNeverUsedTwice() {
        TemplateVersion first = saved("v.again", ONE, ADA, Revision.NONE);
        assertThat(versions.discardDraft("v.again", first.revision())).isTrue();
        assertThat(versions.of("v.again")).isEmpty();
        assertThat(versions.list()).extracting(TemplateSummary::type).doesNotContain("v.again");
        TemplateVersion anew = saved("v.again", TWO, BOB, Revision.NONE);
        assertThat(anew.version()).isEqualTo(1);
        assertThat(versions.saveDraft("v.again", Map.of("en", ONE), ADA, first.revision()))
                .isInstanceOf(DraftSaving.Outdated.class);
    }

    @Test
    void aDraftThatChangedIsNeitherDiscardedNorPublished() {
        TemplateVersion seen = saved("v.seen", ONE, ADA, Revision.NONE);
        saved("v.seen", TWO, BOB, seen.revision());
        assertThat(versions.discardDraft("v.seen", seen.revision())).isFalse();
        assertThat(versions.publish(
                        new TemplateVersions.Choice("v.seen", 1, seen.revision(), Optional.empty()), ADA, ""))
                .isInstanceOf(Publishing.Outdated.class);
        assertThat(templates.live("v.seen")).isEmpty();
    }

    @Test
    void aVersionIsNotPutOverAnotherThanTheOneThatWasSeen() {
        TemplateVersion one = saved("v.over", ONE, ADA, Revision.NONE);
        publish(one, Optional.empty());
        TemplateVersion two = saved("v.over", TWO, ADA, one.revision());
        publish(two, Optional.of(1));
        assertThat(versions.publish(new TemplateVersions.Choice("v.over", 1, one.revision(), Optional.of(1)), BOB, ""))
                .isInstanceOf(Publishing.Outdated.class);
        assertThat(versions.live("v.over").orElseThrow().version()).isEqualTo(2);
    }

    @Test
    void aRollbackPutsTheOldWordsInUseAndTheHistorySaysSo() {
        TemplateVersion one = saved("v.back", ONE, ADA, Revision.NONE);
        publish(one, Optional.empty());
        TemplateVersion two = saved("v.back", TWO, ADA, one.revision());
        publish(two, Optional.of(1));
        assertThat(versions.publish(
                        new TemplateVersions.Choice("v.back", 1, one.revision(), Optional.of(2)), BOB, "typo in two"))
                .isInstanceOf(Publishing.Published.class);
        assertThat(templates.live("v.back").orElseThrow().version()).isEqualTo(1);
        List<Publication> history = versions.publications("v.back");
        assertThat(history).extracting(Publication::version).containsExactly(1, 2, 1);
        assertThat(history.getFirst().note()).isEqualTo("typo in two");
        assertThat(history.getFirst().until()).isEmpty();
        assertThat(history.get(1).until()).contains(history.getFirst().since());
    }

    @Test
    void whatCannotBeUsedIsNotPublished() {
        for (TemplateContent faulty : List.of(
                new TemplateContent(" ", "", ""),
                new TemplateContent("a", "{{ data.x | nope }}", ""),
                new TemplateContent("a", "", "javascript:alert(1)"),
                new TemplateContent("a", "", "JavaScript:{{ data.x }}"))) {
            TemplateVersion draft = saved(
                    "v.faulty",
                    faulty,
                    ADA,
                    versions.newest("v.faulty").map(TemplateVersion::revision).orElse(Revision.NONE));
            assertThat(versions.publish(
                            new TemplateVersions.Choice("v.faulty", 1, draft.revision(), Optional.empty()), ADA, ""))
                    .isInstanceOf(Publishing.Faulty.class);
        }
        assertThat(versions.live("v.faulty")).isEmpty();
    }

    @Test
    void tooManyLanguagesOrWordsAreRefused() {
        Map<String, TemplateContent> many = new HashMap<>();
        List.of("de", "en", "fr", "it").forEach(tag -> many.put(tag, ONE));
        assertThat(templates.tooMuch(many)).isPresent();
        assertThat(templates.tooMuch(Map.of("en", new TemplateContent("é".repeat(501), "", ""))))
                .isPresent();
        assertThat(templates.tooMuch(Map.of("en", new TemplateContent("e".repeat(1_000), "", ""))))
                .isEmpty();
    }

    private TemplateVersion saved(String type, TemplateContent content, String author, Revision seen) {
        return versions.saveDraft(type, Map.of("en", content), author, seen) instanceof DraftSaving.Saved(var draft)
                ? draft
                : null;
    }

    private void publish(TemplateVersion version, Optional<Integer> replaces) {
        assertThat(versions.publish(
                        new TemplateVersions.Choice(version.type(), version.version(), version.revision(), replaces),
                        ADA,
                        ""))
                .isInstanceOf(Publishing.Published.class);
    }
}
