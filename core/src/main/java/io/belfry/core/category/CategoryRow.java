package io.belfry.core.category;

import io.belfry.core.event.Priority;
import io.belfry.core.event.Throttle;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/// Reads the rows of `categories`.
final class CategoryRow {
    private CategoryRow() {}

    static Category category(ResultSet row) throws SQLException {
        return new Category(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                Priority.ofCode(row.getInt(4)),
                row.getBoolean(5),
                row.getBoolean(6),
                PushUnless.ofLabel(row.getString(7)),
                Duration.ofMillis(row.getLong(8)),
                media((String[]) row.getArray(9).getArray()),
                throttle(row),
                millis(row, 13));
    }

    private static Set<Medium> media(String[] labels) {
        var media = EnumSet.noneOf(Medium.class);
        for (String label : labels) {
            media.add(Medium.ofLabel(label).orElseThrow());
        }
        return media;
    }

    private static Optional<Throttle> throttle(ResultSet row) throws SQLException {
        int limit = row.getInt(10);
        return row.wasNull()
                ? Optional.empty()
                : Optional.of(new Throttle(
                        limit,
                        Duration.ofMillis(row.getLong(11)),
                        Throttle.Excess.ofLabel(row.getString(12)).orElseThrow()));
    }

    private static Optional<Duration> millis(ResultSet row, int column) throws SQLException {
        long millis = row.getLong(column);
        return row.wasNull() ? Optional.empty() : Optional.of(Duration.ofMillis(millis));
    }
}
