package io.belfry.core.node;

import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What the nodes did by the minute, in one Redis hash an hour. Each node adds what it counted since its last beat, so
/// that sums need no leader and outlive the nodes. While Redis is away counts are kept with their minutes, for
/// [#KEPT_MINUTES]. A beat that Redis took without an answer is added twice: this is for people who look at curves,
/// never for decisions. Not thread-safe but for [#read].
final class History {
    private static final String KEY = "bf:minutes:";
    /// Says that a node was there in that minute: zero is then a count, and not a gap.
    private static final String BEATS = "beats";

    private static final int KEPT_MINUTES = 60;

    private final Duration lasts;
    private final Map<Activity, Long> before = new EnumMap<>(Activity.class);
    private final TreeMap<Instant, Map<String, Long>> untold = new TreeMap<>();

    /// @param lasts how long Redis keeps it
    History(Duration lasts) {
        this.lasts = lasts;
    }

    /// Counts what happened since the last call.
    ///
    /// @param figures of this process since it started
    void count(Instant now, Map<String, Double> figures) {
        Map<String, Long> minute = untold.computeIfAbsent(now.truncatedTo(ChronoUnit.MINUTES), m -> new TreeMap<>());
        minute.merge(BEATS, 1L, Long::sum);
        for (Activity activity : Activity.values()) {
            long count = activity.in(figures);
            long more = count - Optional.ofNullable(before.put(activity, count)).orElse(0L);
            if (more > 0) {
                minute.merge(activity.label(), more, Long::sum);
            }
        }
        while (untold.size() > KEPT_MINUTES) {
            untold.pollFirstEntry();
        }
    }

    /// Tells Redis what it was not told yet.
    ///
    /// @throws io.lettuce.core.RedisException when it does not answer; the rest is then told next time
    void tell(RedisCommands<String, String> redis) {
        while (!untold.isEmpty()) {
            var minute = untold.firstEntry();
            String key = key(minute.getKey());
            var counts = minute.getValue();
            while (!counts.isEmpty()) {
                String label = counts.keySet().iterator().next();
                redis.hincrby(key, field(minute.getKey(), label), counts.get(label));
                counts.remove(label);
            }
            redis.expire(key, lasts.plusHours(1));
            untold.remove(minute.getKey());
        }
    }

    /// The minutes in which a node was there, oldest first.
    static List<Minute> read(RedisCommands<String, String> redis, Instant from, Instant to) {
        var minutes = new TreeMap<Instant, Map<Activity, Long>>();
        for (Instant hour = from.truncatedTo(ChronoUnit.HOURS);
                hour.isBefore(to);
                hour = hour.plus(1, ChronoUnit.HOURS)) {
            Instant begin = hour;
            redis.hgetall(key(hour)).forEach((field, value) -> {
                int colon = field.indexOf(':');
                Instant minute = begin.plus(Long.parseLong(field.substring(0, colon)), ChronoUnit.MINUTES);
                var counts = minutes.computeIfAbsent(minute, m -> new EnumMap<>(Activity.class));
                Activity.ofLabel(field.substring(colon + 1)).ifPresent(a -> counts.put(a, Long.parseLong(value)));
            });
        }
        var found = new ArrayList<Minute>();
        minutes.subMap(from.truncatedTo(ChronoUnit.MINUTES), true, to, false)
                .forEach((start, counts) -> found.add(new Minute(start, counts)));
        return found;
    }

    private static String key(Instant time) {
        return KEY + time.getEpochSecond() / 3600;
    }

    private static String field(Instant minute, String label) {
        return minute.getEpochSecond() / 60 % 60 + ":" + label;
    }
}
