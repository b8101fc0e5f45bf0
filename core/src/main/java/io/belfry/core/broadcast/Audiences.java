package io.belfry.core.broadcast;

import io.belfry.core.user.Bucket;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/// Counts whom broadcasts reach and reached. Everything here reads whole tables in the worst case and gives up after
/// [#PATIENCE]: callers keep what they got for a while. Thread-safe; blocks on the database.
@Singleton
public final class Audiences {
    /// How long a count may take.
    public static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final String TO_EVERYONE = "select count(*) from receipts r ";
    private static final String TO_SOME = """
            select count(*) from broadcast_audience x join receipts r on r.user_id = x.user_id and x.broadcast_id = :id
            """;
    private static final String PROVED = """
            where r.announcement_offset >= :least
                and r.announcement_offset >= (:offsets)[(1 + crc32c(convert_to(r.user_id, 'UTF8')) % 1024)::int]
            """;

    private final Jdbi jdbi;

    public Audiences(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /// Whom an audience holds now.
    ///
    /// @param devices that can be pushed to
    /// @param strangers people of a list whom no event has named yet: they get it if they come while it is valid
    public record Reach(long people, long devices, long strangers) {}

    /// @throws org.jdbi.v3.core.JdbiException when it takes too long
    public Reach reach(Audience audience) {
        return jdbi.withHandle(h -> {
            Members members = Members.of(h, audience);
            long people = members.count(h, Optional.of(PATIENCE));
            long strangers = audience instanceof Audience.Users ? people - members.countKnown(h, PATIENCE) : 0;
            return new Reach(people, members.countDevices(h, PATIENCE), strangers);
        });
    }

    /// How many devices of the audience have proved that they have a broadcast, late ones too.
    ///
    /// @throws org.jdbi.v3.core.JdbiException when it takes too long
    public long receivers(Broadcast broadcast) {
        return jdbi.withHandle(h -> {
            Long[] offsets = offsets(h, broadcast.id());
            boolean everyone = broadcast.audience() instanceof Audience.Everyone;
            var query = h.createQuery((everyone ? TO_EVERYONE : TO_SOME) + PROVED)
                    .setQueryTimeout((int) PATIENCE.toSeconds())
                    .bind("least", least(offsets))
                    .bindArray("offsets", Long.class, (Object[]) offsets);
            if (!everyone) {
                query.bind("id", broadcast.id());
            }
            return query.mapTo(Long.class).one();
        });
    }

    /// By bucket, the offset of its wave; no offset reaches that of a wave that is not out.
    private static Long[] offsets(Handle h, UUID broadcast) {
        Long[] offsets = new Long[Bucket.COUNT];
        Arrays.fill(offsets, Long.MAX_VALUE);
        h.createQuery("select \"offset\", bucket_from, bucket_to from announcements"
                        + " where broadcast_id = :id and not recall")
                .bind("id", broadcast)
                .map((row, c) -> new Announcements.Wave(
                        row.getLong(1), broadcast, row.getInt(2), row.getInt(3), Announcements.Wave.Kind.ANNOUNCES))
                .forEach(wave -> Arrays.fill(offsets, wave.bucketFrom(), wave.bucketTo(), wave.offset()));
        return offsets;
    }

    private static long least(Long[] offsets) {
        return Arrays.stream(offsets).mapToLong(Long::longValue).min().orElse(Long.MAX_VALUE);
    }
}
