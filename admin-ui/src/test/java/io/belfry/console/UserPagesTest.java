package io.belfry.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.core.access.AuditEntry;
import io.belfry.core.access.AuditLog;
import io.belfry.core.access.Role;
import io.belfry.core.category.Medium;
import io.belfry.core.decision.Decision;
import io.belfry.core.decision.SuppressionReason;
import io.belfry.core.event.EventLog;
import io.belfry.core.event.NewEvent;
import io.belfry.core.event.Priority;
import io.belfry.core.feed.FeedNames;
import io.belfry.core.identity.Revocations;
import io.belfry.core.inbox.InboxLog;
import io.belfry.core.inbox.NewNotification;
import io.belfry.core.inbox.NotificationId;
import io.belfry.core.preference.Chosen;
import io.belfry.core.preference.Preferences;
import io.belfry.core.preference.QuietHours;
import io.belfry.core.preference.UserPreferences;
import io.belfry.core.template.DraftSaving;
import io.belfry.core.template.Revision;
import io.belfry.core.template.TemplateContent;
import io.belfry.core.template.TemplateVersion;
import io.belfry.core.template.TemplateVersions;
import io.belfry.core.user.Users;
import io.belfry.testkit.RedisExtension;
import io.lettuce.core.RedisClient;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ConsoleExtension.class)
class UserPagesTest {
    private static final Pattern SEEN = Pattern.compile("name=\"seen\" value=\"([^\"]*)\"");

    private final Console console;
    private final Browser browser;
    private final String id = "p-" + UUID.randomUUID();

    UserPagesTest(Console console) {
        this.console = console;
        this.browser = console.signedIn(Role.ADMIN);
    }

    @BeforeEach
    void addUser() {
        console.jdbi().useHandle(h -> h.execute("insert into users (id, locale) values (?, 'de')", id));
    }

    @Test
    void theInboxIsAsTheUserSeesItAndLookingMarksNothing() throws Exception {
        for (int i = 1; i <= 30; i++) {
            deliver("Parcel " + i + " <b>is</b> here");
        }
        var before = console.get(InboxLog.class).position(id);
        String first = get("inbox");
        assertThat(first)
                .contains("Parcel 30 &lt;b&gt;is&lt;/b&gt; here", "Parcel 6 ")
                .doesNotContain("Parcel 5 ");
        String older = browser.get(link(first, "rel=\"next\"")).body();
        assertThat(older).contains("Parcel 5 ", "Parcel 1 ").doesNotContain("Parcel 6 ");
        assertThat(browser.get("/console/users/inbox?id=" + id + "&place=archived")
                        .body())
                .contains("Nothing archived");
        assertThat(console.get(InboxLog.class).position(id)).isEqualTo(before);
        assertThat(browser.get("/console/users/inbox?id=nobody-" + id).statusCode())
                .isEqualTo(404);
    }

    @Test
    void preferencesAreChangedForTheUserAndAuditedWithWhatWasBefore() {
        Map<String, Object> form = form(get("preferences"));
        form.put("choice:news:push", "off");
        form.put("choice:general:live", "on");
        form.put("quiet", "on");
        form.put("from", "22:00");
        form.put("to", "06:30");
        form.put("day", List.of("monday", "friday"));
        form.put("zone", "Europe/Berlin");
        form.put("reader", "Europe/Berlin");
        form.put("muted", "team/7\r\norder/1");
        assertThat(save(form).statusCode()).isEqualTo(303);
        Chosen chosen = console.get(UserPreferences.class).of(id);
        assertThat(chosen.timeZone()).contains("Europe/Berlin");
        assertThat(chosen.preferences())
                .isEqualTo(new Preferences(
                        Map.of("news", Map.of(Medium.PUSH, false), "general", Map.of(Medium.LIVE, true)),
                        Set.of("team/7", "order/1"),
                        Optional.empty(),
                        Optional.of(new QuietHours(
                                LocalTime.of(22, 0),
                                LocalTime.of(6, 30),
                                Set.of(DayOfWeek.MONDAY, DayOfWeek.FRIDAY)))));
        assertThat(audited("user.preferences"))
                .singleElement()
                .satisfies(detail -> assertThat(detail.get("before")).isEqualTo("{}"))
                .satisfies(detail -> assertThat(detail.get("after")).contains("\"news\":{\"push\":false}"));
        assertThat(get("preferences")).contains("team/7", "value=\"06:30\"");
    }

    @Test
    void whatTheUserChoseMeanwhileIsNotUndone() {
        Map<String, Object> form = form(get("preferences"));
        var own = new Preferences(Map.of(), Set.of("own/topic"), Optional.empty(), Optional.empty());
        console.get(UserPreferences.class).change(id, before -> new Chosen(own, Optional.empty()));
        form.put("muted", "typed/by/operator");
        HttpResponse<String> refused = save(form);
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.body()).contains("Nothing was saved", "typed/by/operator");
        assertThat(console.get(UserPreferences.class).of(id).preferences()).isEqualTo(own);
        assertThat(audited("user.preferences")).isEmpty();
    }

    @Test
    void wrongPreferencesAreRefusedAndKept() {
        Map<String, Object> form = form(get("preferences"));
        form.put("choice:security:push", "off");
        form.put("quiet", "on");
        form.put("from", "22:00");
        form.put("to", "22:00");
        form.put("zone", "Mars/Olympus");
        form.put("muted", "a//b");
        form.put("paused", "2999-01-01T10:00");
        HttpResponse<String> refused = save(form);
        assertThat(refused.statusCode()).isEqualTo(422);
        assertThat(refused.body())
                .contains("5 things need attention", "is mandatory", "Mars/Olympus", "two different times", "a//b");
        assertThat(console.get(UserPreferences.class).of(id)).isEqualTo(Chosen.NOTHING);
    }

    @Test
    void disconnectTellsAllGateways() {
        var orders = new CopyOnWriteArrayList<String>();
        RedisClient redis = RedisClient.create(RedisExtension.server().url());
        try (var gateway = redis.connectPubSub(ByteArrayCodec.INSTANCE)) {
            gateway.addListener(new RedisPubSubAdapter<>() {
                @Override
                public void message(byte[] feed, byte[] order) {
                    orders.add(new String(order, StandardCharsets.UTF_8));
                }
            });
            gateway.sync().subscribe(FeedNames.control());
            get("profile");
            assertThat(post("disconnect", Map.of()).statusCode()).isEqualTo(303);
            await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(orders)
                    .contains("{\"user\":\"" + id + "\",\"close\":\"FORCED_TO_RECONNECT\"}"));
        } finally {
            redis.shutdown();
        }
        assertThat(audited("user.disconnect")).hasSize(1);
    }

    @Test
    void signingOutEndsAllTokensIssuedSoFar() {
        assertThat(get("sign-out")).contains("count no longer");
        Instant issued = Instant.now().minusSeconds(1);
        assertThat(post("sign-out", Map.of()).statusCode()).isEqualTo(303);
        await().atMost(Duration.ofSeconds(10))
                .until(() -> console.get(Revocations.class).covers(id, issued, ""));
        assertThat(console.get(Revocations.class).covers(id, Instant.now().plusSeconds(60), ""))
                .isFalse();
        assertThat(audited("user.sign-out")).hasSize(1);
    }

    @Test
    void theExportIsAFileAndAudited() throws Exception {
        deliver("Parcel <1>");
        get("profile");
        HttpResponse<String> file = post("export", Map.of());
        assertThat(file.statusCode()).isEqualTo(200);
        assertThat(file.headers().firstValue("Content-Disposition").orElseThrow())
                .isEqualTo("attachment; filename=\"user-" + id + ".json\"");
        assertThat(file.headers().firstValue("Content-Type").orElseThrow()).startsWith("application/json");
        assertThat(file.body())
                .startsWith("{\"id\":\"" + id + "\"")
                .contains("Parcel <1>")
                .endsWith("]}");
        assertThat(audited("user.export")).hasSize(1);
    }

    @Test
    void erasingWantsTheIdTypedAndLeavesAPseudonym() throws Exception {
        deliver("Parcel 1");
        assertThat(get("erase")).contains("1 notifications, 0 devices", "type the user&#39;s id: " + id);
        HttpResponse<String> wrong = post("erase", Map.of("typed", id.toUpperCase(Locale.ROOT)));
        assertThat(wrong.statusCode()).isEqualTo(422);
        assertThat(wrong.body()).contains("Nothing was erased");
        assertThat(console.get(Users.class).find(id)).isPresent();
        assertThat(post("erase", Map.of("typed", id)).statusCode()).isEqualTo(303);
        assertThat(console.get(Users.class).find(id)).isEmpty();
        assertThat(console.get(InboxLog.class).position(id).head()).isZero();
        assertThat(audited("user.erase")).as("under the id").isEmpty();
        assertThat(browser.get("/console/users/profile?id=" + id).statusCode()).isEqualTo(404);
    }

    @Test
    void aTestIsARealEventForTheUserAlone() {
        String type = "test." + UUID.randomUUID().toString().replace("-", "");
        publish(type);
        assertThat(browser.get("/console/users/test?id=" + id + "&type=" + type).body())
                .contains("&quot;order&quot;: &quot;[order]&quot;");
        HttpResponse<String> wrong = post("test", Map.of("type", type, "sample", "{\"order\": "));
        assertThat(wrong.statusCode()).isEqualTo(422);
        assertThat(wrong.body()).contains("Nothing was sent", "{&quot;order&quot;: ");
        HttpResponse<String> sent = post("test", Map.of("type", type, "sample", "{\"order\": 7}"));
        assertThat(browser.follow(sent).body()).contains("Waiting for a dispatcher");
        List<String> accepted = console.jdbi()
                .withHandle(h -> h.createQuery("select recipients[1] || data from events where type = :type")
                        .bind("type", type)
                        .mapTo(String.class)
                        .list());
        assertThat(accepted).containsExactly(id + "{\"order\":7}");
        assertThat(audited("user.test")).hasSize(1);
        console.jdbi().useHandle(h -> h.execute("delete from pending_events"));
    }

    private void publish(String type) {
        var versions = console.get(TemplateVersions.class);
        var words = new TemplateContent("Order {{ data.order }}", "", "");
        if (versions.saveDraft(type, Map.of("en", words), "ada@example.com", Revision.NONE)
                instanceof DraftSaving.Saved(TemplateVersion draft)) {
            versions.publish(
                    new TemplateVersions.Choice(type, 1, draft.revision(), Optional.empty()), "ada@example.com", "");
        }
    }

    private void deliver(String title) throws Exception {
        NewEvent event = EventTypesTest.event("parcel.here", "{}");
        console.get(EventLog.class).append(List.of(event));
        console.jdbi().useHandle(h -> h.execute("delete from pending_events where event_id = ?", event.id()));
        console.deliver(new NewNotification(
                NotificationId.of(event.id(), id),
                id,
                event.id(),
                event.type(),
                "general",
                Priority.NORMAL,
                title,
                "At the door.",
                null,
                Decision.none(SuppressionReason.NO_DEVICE)));
    }

    private List<Map<String, String>> audited(String action) {
        return console
                .get(AuditLog.class)
                .search(new AuditLog.Search(
                        Optional.empty(),
                        Optional.of(action),
                        Optional.of(id),
                        Optional.empty(),
                        Optional.empty(),
                        OptionalLong.empty(),
                        10))
                .stream()
                .map(AuditEntry::detail)
                .toList();
    }

    private static Map<String, Object> form(String page) {
        Matcher seen = SEEN.matcher(page);
        assertThat(seen.find()).isTrue();
        return new LinkedHashMap<>(Map.of("seen", seen.group(1)));
    }

    private static String link(String page, String rel) {
        Matcher link = Pattern.compile("href=\"([^\"]*)\" " + rel).matcher(page);
        assertThat(link.find()).isTrue();
        return link.group(1).replace("&amp;", "&");
    }

    private HttpResponse<String> save(Map<String, Object> form) {
        return post("preferences", form);
    }

    private String get(String page) {
        return browser.get("/console/users/" + page + "?id=" + id).body();
    }

    private HttpResponse<String> post(String page, Map<String, ?> form) {
        return browser.post("/console/users/" + page + "?id=" + id, form);
    }
}
