package io.belfry.console;

import io.belfry.core.access.ApiKeys;
import io.belfry.core.access.Operator;
import io.belfry.core.access.OperatorAccounts;
import io.belfry.core.access.Role;
import io.belfry.core.access.Scope;
import io.belfry.core.broadcast.Audience;
import io.belfry.core.broadcast.Broadcasts;
import io.belfry.core.broadcast.Content;
import io.belfry.core.broadcast.Drafts;
import io.belfry.core.broadcast.NewBroadcast;
import io.belfry.core.device.Device;
import io.belfry.core.device.Devices;
import io.belfry.core.device.Platform;
import io.belfry.core.event.EventId;
import io.belfry.core.event.Priority;
import io.belfry.testkit.RedisExtension;
import io.lettuce.core.RedisClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// An installation with something on every page, as pictures need it.
final class Scene {
    private static final int FOLLOWERS = 1_200;

    private final Console console;
    private final Broadcasts broadcasts;
    private final Map<String, String> pages = new LinkedHashMap<>();

    Scene(Console console) {
        this.console = console;
        this.broadcasts = console.get(Broadcasts.class);
    }

    /// Makes it.
    ///
    /// @return the addresses of its pages by the name of their picture
    Map<String, String> set() {
        traffic();
        people();
        profile();
        sayings();
        keys();
        operators();
        return pages;
    }

    /// Two hours of it, with a gap, as nodes would have told Redis.
    private void traffic() {
        RedisClient redis = RedisClient.create(RedisExtension.server().url());
        try (var connection = redis.connect()) {
            Instant now = Instant.now().truncatedTo(ChronoUnit.MINUTES);
            for (int ago = 1; ago <= 120; ago++) {
                long minute = now.minus(Duration.ofMinutes(ago)).getEpochSecond() / 60;
                String hash = "bf:minutes:" + minute / 60;
                String field = minute % 60 + ":";
                double swing = 1 + 0.4 * Math.sin(ago / 9.0) + 0.1 * Math.sin(ago * 2.3);
                if (ago < 30 || ago > 34) {
                    connection
                            .sync()
                            .hset(
                                    hash,
                                    Map.of(
                                            field + "beats", "30",
                                            field + "accepted", String.valueOf(Math.round(420 * swing)),
                                            field + "written", String.valueOf(Math.round(610 * swing)),
                                            field + "delivered", String.valueOf(Math.round(540 * swing)),
                                            field + "pushed", String.valueOf(Math.round(60 * swing)),
                                            field + "not_needed", String.valueOf(Math.round(110 * swing)),
                                            field + "failed", String.valueOf(ago % 17 == 0 ? 3 : 0)));
                }
            }
        } finally {
            redis.shutdown();
        }
        console.jdbi()
                .useHandle(h -> h.execute("insert into dead_letters (kind, subject_id, user_id, reason) values"
                        + " ('event', uuidv7(), null, 'template order.shipped: the link is not an address'),"
                        + " ('push', uuidv7(), 'scene-1', 'rejected: SENDER_ID_MISMATCH')"));
    }

    private void people() {
        console.jdbi().useHandle(h -> {
            h.execute(
                    "insert into users (id, locale, time_zone) select 'scene-' || i, 'en', 'Europe/Berlin' from generate_series(1, ?) i on conflict do nothing",
                    FOLLOWERS);
            h.execute(
                    "insert into topic_followers (topic, user_id) select 'team/7/deploys', 'scene-' || i from generate_series(1, ?) i on conflict do nothing",
                    FOLLOWERS);
            h.execute(
                    "insert into devices (user_id, id, token, platform) select 'scene-' || i, 'phone', 'scene-token-' || i,"
                            + " case when i % 2 = 0 then 'ios' else 'android' end from generate_series(1, 380) i on conflict do nothing");
        });
    }

    private void profile() {
        String user = "scene-1";
        console.get(Devices.class)
                .register(new Device(
                        user, "tablet", "dGhpcyBpcyBhIHRva2Vu", Platform.ANDROID, Optional.of("4.2.0"), Instant.EPOCH));
        console.jdbi().useHandle(h -> {
            h.execute(
                    "insert into inboxes (user_id, head, total, unread, unseen) values (?, 14, 9, 3, 1) on conflict do nothing",
                    user);
            h.execute(
                    "insert into receipts (user_id, device_id, received_offset) values (?, 'phone', 14), (?, 'tablet', 9), (?, '', 3)"
                            + " on conflict do nothing",
                    user,
                    user,
                    user);
            h.execute("update users set attributes = '{\"plan\": \"gold\", \"city\": \"Köln\"}' where id = ?", user);
            for (int i = 1; i <= 4; i++) {
                h.execute(
                        "with e as (insert into events (id, accepted_at, api_key_id, type, category, priority, recipients, data)"
                                + " values (uuidv7(), now(), uuidv7(), 'order.shipped', 'general', 2, array[cast(? as text)], '{}')"
                                + " returning id)"
                                + " insert into notifications (id, user_id, event_id, created_offset, changed_offset, type, category,"
                                + " priority, title, body, push) select uuidv7(), ?, id, ?, ?, 'order.shipped', 'general', 2,"
                                + " 'Your lantern is on its way', 'It arrives on Friday.', 'planned' from e",
                        user,
                        user,
                        i * 3,
                        i * 3);
            }
        });
        pages.put("users", "/console/users?id=scene-1");
        pages.put("users-none", "/console/users?id=nobody.like.that");
        pages.put("user", "/console/users/profile?id=" + user);
        pages.put("user-inbox", "/console/users/inbox?id=" + user);
        pages.put("user-inbox-none", "/console/users/inbox?place=snoozed&id=" + user);
        pages.put("user-preferences", "/console/users/preferences?id=" + user);
        pages.put("user-test", "/console/users/test?id=" + user);
        pages.put("user-erase", "/console/users/erase?id=" + user);
        pages.put("stops", "/console/stops");
        pages.put("segments", "/console/segments");
        pages.put("segment-new", "/console/segments/new");
        pages.put("topics", "/console/topics");
        pages.put("topics-none", "/console/topics?begins=nothing.like.it");
        pages.put("topic-followers", "/console/topics/followers?topic=team%2F7%2Fdeploys");
        pages.put("health", "/console/health");
        pages.put("timers", "/console/timers");
        pages.put("timers-none", "/console/timers?user=nobody.like.that");
        pages.put("timers-cancel", "/console/timers/cancel?kind=fallback");
        pages.put("timers-postpone", "/console/timers/postpone?kind=fallback");
        pages.put("dead-letters", "/console/dead-letters");
        pages.put("dead-letters-none", "/console/dead-letters?type=nothing.like.it");
        pages.put("dead-letters-retry", "/console/dead-letters/retry");
        pages.put("why", "/console/why");
        pages.put("why-type", "/console/why?type=order.shipped&user=" + user);
    }

    private void sayings() {
        UUID sent = draft(
                "Version 4 is here", "See what is new.", new Audience.Topic("team/7/deploys"), NewBroadcast.Push.ON);
        start(sent);
        move(
                sent,
                "state = 'sent', waves_done = 8, finished_at = now(), push_state = 'done', push_total = 380,"
                        + " push_accepted = 291, push_skipped = 87, push_failed = 2");
        UUID cancelled =
                draft("Wrong link, sorry", "Ignore this.", new Audience.Topic("team/7/deploys"), NewBroadcast.Push.OFF);
        start(cancelled);
        move(cancelled, "state = 'cancelled', waves_done = 2, finished_at = now()");
        UUID sending = draft(
                "Maintenance tonight, 22:00 to 23:00",
                "We move to a new database. You will not be able to order or to sign in during that hour.",
                new Audience.Topic("team/7/deploys"),
                NewBroadcast.Push.ON);
        start(sending);
        move(sending, "waves_done = 3");
        UUID draft = draft(
                "Maintenance on Sunday",
                "From 4 to 5 in the morning.",
                new Audience.Topic("team/7/deploys"),
                NewBroadcast.Push.ON);
        pages.put("broadcasts", "/console/broadcasts");
        pages.put("broadcasts-none", "/console/broadcasts?text=nothing+like+it");
        pages.put("broadcast-new", "/console/broadcasts/new");
        pages.put("broadcast-edit", "/console/broadcasts/" + draft + "/edit");
        pages.put("broadcast-review", "/console/broadcasts/" + draft + "/review");
        pages.put("broadcast-sending", "/console/broadcasts/" + sending);
        pages.put("broadcast-sent", "/console/broadcasts/" + sent);
        pages.put("broadcast-cancel", "/console/broadcasts/" + sending + "/cancel");
    }

    private void keys() {
        ApiKeys keys = console.get(ApiKeys.class);
        keys.create("orders, production", EnumSet.of(Scope.EVENTS_WRITE));
        keys.create("back office", EnumSet.allOf(Scope.class));
        keys.revoke(
                keys.create("old importer", EnumSet.of(Scope.USERS_WRITE)).key().id());
        pages.put("keys", "/console/keys");
        pages.put("keys-new", "/console/keys/new");
        pages.put("audit", "/console/audit");
    }

    private void operators() {
        OperatorAccounts accounts = console.get(OperatorAccounts.class);
        accounts.invite("grace-" + UUID.randomUUID() + "@example.com", "Grace Hopper", Role.BROADCASTER);
        Operator gone = console.operator(Role.EDITOR);
        accounts.disable(gone.id());
        pages.put("operators", "/console/operators");
        pages.put("operators-new", "/console/operators/new");
        pages.put(
                "operator",
                "/console/operators/" + console.operator(Role.VIEWER).id());
        pages.put("account", "/console/account");
        pages.put("account-second-factor", "/console/account/second-factor");
    }

    private UUID draft(String title, String body, Audience audience, NewBroadcast.Push push) {
        UUID id = EventId.mint(Clock.systemUTC());
        console.get(Drafts.class)
                .save(
                        id,
                        Drafts.UNSAVED,
                        new NewBroadcast(
                                audience,
                                Map.of(
                                        "en", new Content(title, body, "https://status.example.com"),
                                        "de", new Content("Auf Deutsch: " + title, "Auf Deutsch: " + body, null)),
                                "news",
                                Priority.BULK,
                                Optional.of(Instant.now().plus(Duration.ofDays(7))),
                                8,
                                push,
                                "grace@example.com"));
        return id;
    }

    private void start(UUID id) {
        broadcasts.start(id, 1, FOLLOWERS, "grace@example.com");
    }

    private void move(UUID id, String set) {
        console.jdbi().useHandle(h -> h.execute("update broadcasts set " + set + " where id = ?", id));
    }
}
