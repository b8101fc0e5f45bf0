package io.belfry.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.core.access.AuditEntry;
import io.belfry.core.access.AuditLog;
import io.belfry.core.access.Role;
import io.belfry.core.device.Device;
import io.belfry.core.device.Devices;
import io.belfry.core.device.Platform;
import io.belfry.core.feed.FeedNames;
import io.belfry.core.receipt.Receipt;
import io.belfry.core.receipt.Receipts;
import io.belfry.testkit.RedisExtension;
import io.lettuce.core.RedisClient;
import io.lettuce.core.codec.ByteArrayCodec;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ConsoleExtension.class)
class UsersTest {
    private static final Pattern NEXT = Pattern.compile("href=\"([^\"]*)\" rel=\"next\"");
    private static final String TOKEN = "fcm-token-that-nobody-may-see-in-whole";

    private final Console console;
    private final Browser browser;
    private final String id = "u-" + UUID.randomUUID();

    UsersTest(Console console) {
        this.console = console;
        this.browser = console.signedIn(Role.ADMIN);
    }

    @Test
    void theSearchFindsAllWhoseIdBeginsSoPageByPage() {
        console.jdbi()
                .useHandle(h ->
                        h.execute("insert into users (id) select ? || '-' || i from generate_series(1, 120) i", id));
        add(id.replace("u-", "U-"));
        String path = "/console/users?id=" + id;
        int seen = 0;
        int pages = 0;
        while (path != null) {
            String body = browser.get(path).body();
            seen += body.split(">" + id + "-\\d+</a>", -1).length - 1;
            pages++;
            Matcher next = NEXT.matcher(body);
            path = next.find() ? next.group(1).replace("&amp;", "&") : null;
        }
        assertThat(seen).isEqualTo(120);
        assertThat(pages).isEqualTo(3);
        assertThat(browser.get("/console/users?id=" + id + "-nobody").body()).contains("Nobody found");
        assertThat(browser.get("/console/users?id=a/b").statusCode()).isEqualTo(422);
        assertThat(browser.get("/console/users?id=%25").body())
                .as("no wildcard")
                .contains("nobody&#39;s begins like that");
    }

    @Test
    void theProfileShowsDevicesTopicsAndWhatTheyProved() throws Exception {
        add(id);
        device("phone", TOKEN);
        console.jdbi().useHandle(h -> {
            h.execute("insert into inboxes (user_id, head, total, unread, unseen) values (?, 7, 5, 3, 2)", id);
            h.execute("insert into topic_followers (topic, user_id) values ('team/7/deploys', ?)", id);
        });
        console.get(Receipts.class)
                .save(List.of(
                        new Receipt(id, "phone", 7, 0), new Receipt(id, "browser", 5, 0), new Receipt(id, "", 1, 0)));
        String profile = profile(id);
        assertThat(profile)
                .contains("team/7/deploys", "has everything", "2 changes behind", "Connections that name no device")
                .contains("fcm-to…-whole", "not connected")
                .doesNotContain(TOKEN);
    }

    @Test
    void whoHasASocketIsConnected() {
        add(id);
        RedisClient redis = RedisClient.create(RedisExtension.server().url());
        try (var gateway = redis.connectPubSub(ByteArrayCodec.INSTANCE)) {
            gateway.sync().subscribe(FeedNames.inbox(id));
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(profile(id)).contains(">connected<"));
            gateway.sync().unsubscribe(FeedNames.inbox(id));
            await().atMost(Duration.ofSeconds(10))
                    .untilAsserted(() -> assertThat(profile(id)).contains(">not connected<"));
        } finally {
            redis.shutdown();
        }
    }

    @Test
    void anyIdThatIsAllowedCanBeOpened() {
        for (String odd : List.of("..", "a:b@c", id + "..", "-")) {
            add(odd);
            assertThat(browser.get("/console/users?id=" + encode(odd)).body()).contains(">" + odd + "</a>");
            assertThat(profile(odd)).as(odd).contains("Follows no topic");
        }
        assertThat(browser.get("/console/users/profile?id=nobody-" + id).statusCode())
                .isEqualTo(404);
    }

    @Test
    void attributesAreForEditors() {
        add(id);
        console.jdbi()
                .useHandle(
                        h -> h.execute("update users set attributes = '{\"plan\":\"secret-gold\"}' where id = ?", id));
        assertThat(console.signedIn(Role.EDITOR)
                        .get("/console/users/profile?id=" + id)
                        .body())
                .contains("secret-gold");
        assertThat(console.signedIn(Role.VIEWER)
                        .get("/console/users/profile?id=" + id)
                        .body())
                .doesNotContain("secret-gold");
    }

    @Test
    void aDeviceIsRemovedByAnAdministratorOnce() {
        add(id);
        device("phone", TOKEN + id);
        String path = "/console/users/device?user=" + id + "&device=phone";
        Browser viewer = console.signedIn(Role.BROADCASTER);
        viewer.get("/console/users/profile?id=" + id);
        assertThat(viewer.post(path, Map.of()).statusCode()).isEqualTo(403);
        assertThat(console.get(Devices.class).of(id)).hasSize(1);
        assertThat(browser.get(path).body()).contains("Remove the device “phone”?");
        browser.post(path, Map.of());
        browser.post(path, Map.of());
        assertThat(console.get(Devices.class).of(id)).isEmpty();
        assertThat(console.get(AuditLog.class)
                        .search(new AuditLog.Search(
                                Optional.empty(),
                                Optional.of("device."),
                                Optional.of(id),
                                Optional.empty(),
                                Optional.empty(),
                                OptionalLong.empty(),
                                10)))
                .extracting(AuditEntry::detail)
                .containsExactly(Map.of("device", "phone"));
    }

    private String profile(String user) {
        return browser.get("/console/users/profile?id=" + encode(user)).body();
    }

    private void add(String user) {
        console.jdbi().useHandle(h -> h.execute("insert into users (id) values (?) on conflict do nothing", user));
    }

    private void device(String device, String token) {
        console.get(Devices.class)
                .register(new Device(id, device, token, Platform.ANDROID, Optional.of("4.2"), Instant.EPOCH));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
