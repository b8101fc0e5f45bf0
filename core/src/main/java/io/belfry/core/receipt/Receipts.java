package io.belfry.core.receipt;

import io.belfry.core.database.ArrayColumns;
import jakarta.inject.Singleton;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.jdbi.v3.core.Jdbi;

/// What each device has proved to have: one row a device, never one a notification. Thread-safe; blocks on the
/// database.
@Singleton
public final class Receipts {
    private static final String SAVE = """
            insert into receipts (user_id, device_id, received_offset, announcement_offset)
            select * from unnest(?::text[], ?::text[], ?::int8[], ?::int8[])
            on conflict (user_id, device_id) do update
                set received_offset = greatest(receipts.received_offset, excluded.received_offset),
                    announcement_offset = greatest(receipts.announcement_offset, excluded.announcement_offset),
                    received_at = now()
            """;
    private static final Comparator<Receipt> ORDER =
            Comparator.comparing(Receipt::userId).thenComparing(Receipt::deviceId);

    private final Jdbi jdbi;

    public Receipts(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /// What is known of one device.
    public record DeviceReceipt(String deviceId, long inboxOffset, long announcementOffset, Instant at) {}

    /// Saves a batch; a lower offset than the known one changes nothing.
    ///
    /// @param receipts at most one for each (user, device)
    public void save(List<Receipt> receipts) throws SQLException {
        List<Receipt> ordered = receipts.stream().sorted(ORDER).toList();
        jdbi.<SQLException>useTransaction(handle -> {
            try (PreparedStatement save = handle.getConnection().prepareStatement(SAVE)) {
                new ArrayColumns(save)
                        .add("text", String[]::new, ordered, Receipt::userId)
                        .add("text", String[]::new, ordered, Receipt::deviceId)
                        .add("int8", Long[]::new, ordered, Receipt::inboxOffset)
                        .add("int8", Long[]::new, ordered, Receipt::announcementOffset);
                save.executeUpdate();
            }
        });
    }

    /// The receipts of one user, by device.
    public List<DeviceReceipt> of(String userId) {
        return jdbi.withHandle(h -> h.createQuery(
                        "select device_id, received_offset, announcement_offset, received_at from receipts where user_id = :user order by device_id")
                .bind("user", userId)
                .map((row, c) -> new DeviceReceipt(
                        row.getString(1),
                        row.getLong(2),
                        row.getLong(3),
                        row.getTimestamp(4).toInstant()))
                .list());
    }
}
