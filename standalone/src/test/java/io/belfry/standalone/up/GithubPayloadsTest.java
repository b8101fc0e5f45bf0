package io.belfry.standalone.up;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.belfry.core.signal.Signals;
import io.belfry.core.template.ContentSettings;
import io.belfry.core.template.DraftSaving;
import io.belfry.core.template.Publishing;
import io.belfry.core.template.Revision;
import io.belfry.core.template.TemplateContent;
import io.belfry.core.template.TemplateSettings;
import io.belfry.core.template.TemplateVersion;
import io.belfry.core.template.TemplateVersions;
import io.belfry.core.template.Templates;
import io.belfry.standalone.settings.DatabaseAddress;
import io.belfry.testkit.node.NodeProject;
import io.lettuce.core.RedisClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real bodies of webhooks, some 330 of them and up to 28 kB each, from the npm package
/// `@octokit/webhooks-examples`: as they are sent, so they are in the inbox, with words where there are templates.
class GithubPayloadsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final NodeProject PAYLOADS = new NodeProject(GithubPayloadsTest.class, "github-payloads", List.of());
    private static final Pattern VALUE = Pattern.compile("\\{\\{ data\\.([a-z_.]+) }}");
    private static final String LINK = "{{ data.repository.html_url }}";
    private static final Map<String, TemplateContent> TEMPLATES = Map.ofEntries(
            words("push", "{{ data.pusher.name }} pushed to {{ data.ref }}", "{{ data.repository.full_name }}"),
            words(
                    "issues",
                    "{{ data.sender.login }}: {{ data.action }} #{{ data.issue.number }}",
                    "{{ data.issue.title }}"),
            words(
                    "issue_comment",
                    "{{ data.comment.user.login }} on #{{ data.issue.number }}",
                    "{{ data.issue.title }}"),
            words("pull_request", "{{ data.action }}: {{ data.pull_request.title }}", "#{{ data.number }}"),
            words(
                    "pull_request_review",
                    "{{ data.review.user.login }} {{ data.review.state }}",
                    "{{ data.review.id }}"),
            words("release", "{{ data.release.tag_name }} {{ data.action }}", "{{ data.release.author.login }}"),
            words("star", "{{ data.sender.login }} {{ data.action }} a star", "{{ data.repository.stargazers_count }}"),
            words("fork", "{{ data.forkee.full_name }}", "{{ data.forkee.owner.login }}"),
            words("create", "{{ data.ref_type }} {{ data.ref }} created", "{{ data.master_branch }}"),
            words("delete", "{{ data.ref_type }} {{ data.ref }} deleted", "{{ data.sender.login }}"),
            words("workflow_run", "{{ data.workflow_run.name }}", "{{ data.workflow_run.conclusion }}"),
            words(
                    "check_run",
                    "{{ data.check_run.name }} {{ data.check_run.status }}",
                    "{{ data.check_run.head_sha }}"),
            words("discussion", "{{ data.discussion.title }}", "{{ data.discussion.category.name }}"),
            words(
                    "milestone",
                    "{{ data.milestone.title }} {{ data.action }}",
                    "{{ data.milestone.open_issues }} open"));

    private final Path scratch;

    GithubPayloadsTest(@TempDir Path scratch) {
        this.scratch = scratch;
    }

    private static Map.Entry<String, TemplateContent> words(String type, String title, String body) {
        return Map.entry("github." + type, new TemplateContent(title, body, LINK));
    }

    private record Example(String type, JsonNode body) {
        /// What a template says of it: nothing but values in their places.
        String filled(String liquid) {
            Matcher values = VALUE.matcher(liquid);
            var text = new StringBuilder();
            while (values.find()) {
                JsonNode value = body.at("/" + values.group(1).replace('.', '/'));
                values.appendReplacement(text, Matcher.quoteReplacement(value.isNull() ? "" : value.asText()));
            }
            return values.appendTail(text).toString();
        }
    }

    private static List<Example> examples() throws Exception {
        Path index = PAYLOADS.directory().resolve("node_modules/@octokit/webhooks-examples/api.github.com/index.json");
        var examples = new ArrayList<Example>();
        for (JsonNode event : JSON.readTree(index.toFile())) {
            event.path("examples")
                    .forEach(body -> examples.add(
                            new Example("github." + event.path("name").asText(), body)));
        }
        return examples;
    }

    @Test
    void whatWasSentIsInTheInboxAsItWasWithItsWords() throws Exception {
        List<Example> examples = examples();
        assertThat(examples).hasSizeGreaterThan(300);
        assertThat(examples).extracting(Example::type).containsAll(TEMPLATES.keySet());
        try (BelfryProcess belfry = BelfryProcess.demo(scratch)) {
            Caller caller = new Caller(belfry.awaitReady());
            publishTemplates();
            awaitWords(caller);
            for (int i = 0; i < examples.size(); i += 100) {
                send(caller, examples.subList(i, Math.min(examples.size(), i + 100)));
            }

            await().atMost(30, SECONDS).until(() -> caller.items("alice").size() >= examples.size());
            List<JsonNode> items = caller.items("alice").reversed();
            assertThat(items).hasSameSizeAs(examples);
            for (int i = 0; i < items.size(); i++) {
                holds(items.get(i), examples.get(i));
            }
        }
    }

    private static void holds(JsonNode item, Example example) {
        assertThat(item.path("type").asText()).isEqualTo(example.type);
        assertThat(item.path("data")).isEqualTo(example.body);
        TemplateContent words = TEMPLATES.get(example.type);
        if (words == null) {
            assertThat(item.has("title")).as(example.type).isFalse();
        } else {
            assertThat(item.path("title").asText()).isEqualTo(example.filled(words.title()));
            assertThat(item.path("body").asText()).isEqualTo(example.filled(words.body()));
            assertThat(item.path("link").asText()).isEqualTo(example.filled(words.link()));
        }
    }

    private static void send(Caller caller, List<Example> examples) throws Exception {
        ArrayNode batch = JSON.createArrayNode();
        for (Example example : examples) {
            ObjectNode event = batch.addObject().put("type", example.type);
            event.putArray("recipients").add("alice");
            event.set("data", example.body);
        }
        assertThat(caller.postBatch(batch.toString()).statusCode()).isEqualTo(202);
    }

    /// As the console does, in another process.
    private void publishTemplates() throws IOException {
        JsonNode running = JSON.readTree(
                        scratch.resolve("data").resolve("credentials.json").toFile())
                .path("running");
        DatabaseAddress database = DatabaseAddress.of(
                        Map.of("DATABASE_URL", running.path("databaseUrl").asText()))
                .orElseThrow();
        Jdbi jdbi = Jdbi.create(database.jdbcUrl(), database.user(), database.password());
        try (RedisClient redis = RedisClient.create(running.path("redisUri").asText())) {
            var templates = new Templates(
                    jdbi,
                    new Signals(redis),
                    new ContentSettings("en", Duration.ofSeconds(5)),
                    new TemplateSettings(40, 100_000));
            var versions = new TemplateVersions(jdbi, templates);
            TEMPLATES.forEach((type, words) -> {
                var saved = (DraftSaving.Saved) versions.saveDraft(type, Map.of("en", words), "ada", Revision.NONE);
                TemplateVersion draft = saved.draft();
                assertThat(versions.publish(
                                new TemplateVersions.Choice(type, draft.version(), draft.revision(), Optional.empty()),
                                "ada",
                                ""))
                        .isInstanceOf(Publishing.Published.class);
            });
        }
    }

    /// They are in use a moment later; bob sees when.
    private static void awaitWords(Caller caller) {
        await().atMost(30, SECONDS).until(() -> {
            caller.post(Caller.event("github.star", "bob", "probe"));
            return caller.items("bob").stream().anyMatch(item -> item.has("title"));
        });
    }
}
