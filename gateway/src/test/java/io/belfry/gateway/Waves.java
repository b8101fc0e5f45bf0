package io.belfry.gateway;

import io.belfry.core.feed.AnnouncementNotice;
import io.belfry.core.feed.FeedNames;
import io.belfry.core.feed.Feeds;
import io.belfry.core.user.Bucket;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/// Makes broadcasts and sends their waves, as a dispatcher would, apart, so that a test can lose what tells of them.
final class Waves {
    private static final String EVERYONE = "{\"kind\":\"everyone\"}";

    private final Jdbi jdbi;
    private final Feeds feeds;

    Waves(GatewayNode node) {
        this.jdbi = node.inbound().jdbi();
        this.feeds = node.bean(Feeds.class);
    }

    /// A broadcast to everyone, of which no wave went out yet.
    UUID broadcast(String title) {
        return broadcast(EVERYONE, "{\"en\":{\"title\":\"" + title + "\",\"body\":\"Body\"}}", "null");
    }

    UUID broadcastUntil(String title, String until) {
        return broadcast(EVERYONE, "{\"en\":{\"title\":\"" + title + "\",\"body\":\"Body\"}}", until);
    }

    /// A broadcast with words in several languages.
    UUID translated(String english, String german) {
        return broadcast(
                EVERYONE,
                "{\"en\":{\"title\":\"" + english + "\",\"body\":\"\"},\"de\":{\"title\":\"" + german
                        + "\",\"body\":\"\"}}",
                "null");
    }

    /// A broadcast to some.
    UUID broadcastTo(String title, List<String> users) {
        UUID id = broadcast(
                "{\"kind\":\"users\",\"users\":[]}",
                "{\"en\":{\"title\":\"" + title + "\",\"body\":\"Body\"}}",
                "null");
        jdbi.useHandle(
                h -> h.createUpdate("insert into broadcast_audience (broadcast_id, user_id) select :id, unnest(:users)")
                        .bind("id", id)
                        .bindArray("users", String.class, users.toArray())
                        .execute());
        return id;
    }

    private UUID broadcast(String audience, String contents, String until) {
        return jdbi.withHandle(h -> h.createQuery("""
                        insert into broadcasts (state, audience, contents, category, priority, created_by, started_at,
                                                valid_until)
                        values ('sending', :audience::jsonb, :contents::jsonb, 'news', 3, 'test', now(),
                        """ + until + ") returning id")
                .bind("audience", audience)
                .bind("contents", contents)
                .mapTo(UUID.class)
                .one());
    }

    /// Sends a broadcast to all in one wave.
    ///
    /// @return the wave's offset
    long send(UUID broadcast) {
        return send(broadcast, 0, Bucket.COUNT);
    }

    long send(UUID broadcast, int bucketFrom, int bucketTo) {
        long offset = write(broadcast, bucketFrom, bucketTo);
        feeds.publish(List.of(new Feeds.Publication(
                        FeedNames.announcements(),
                        new AnnouncementNotice(offset, broadcast, bucketFrom, bucketTo).encode())))
                .join();
        return offset;
    }

    /// Writes a wave and tells nobody.
    long write(UUID broadcast, int bucketFrom, int bucketTo) {
        return jdbi.withHandle(h -> h.createQuery("""
                        with head as (update announcement_head set head = head + 1 returning head),
                        out as (update broadcasts set waves_done = waves where id = :id)
                        insert into announcements ("offset", broadcast_id, bucket_from, bucket_to)
                        select head, :id, :from, :to from head returning "offset"
                        """)
                .bind("id", broadcast)
                .bind("from", bucketFrom)
                .bind("to", bucketTo)
                .mapTo(Long.class)
                .one());
    }
}
