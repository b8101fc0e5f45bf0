package io.belfry.core.device;

import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;

/// The devices that can be pushed to. A token has exactly one owner: registering it again, by whomever, moves it.
/// Thread-safe; blocks on the database.
@Singleton
public final class Devices {
    private static final String COLUMNS = "user_id, id, token, platform, app_version, registered_at";

    private final Jdbi jdbi;

    public Devices(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /// Registers a device or renews it. `registeredAt` of the argument is ignored.
    ///
    /// @return the device as it is now
    public Device register(Device device) {
        return jdbi.inTransaction(h -> {
            h.createUpdate("insert into users (id) values (:user) on conflict do nothing")
                    .bind("user", device.userId())
                    .execute();
            h.createUpdate("delete from devices where token = :token and (user_id, id) <> (:user, :id)")
                    .bind("token", device.token())
                    .bind("user", device.userId())
                    .bind("id", device.id())
                    .execute();
            return h.createQuery(
                            "insert into devices (user_id, id, token, platform, app_version) values (:user, :id, :token,"
                                    + " :platform, :version) on conflict (user_id, id) do update set token = excluded.token,"
                                    + " platform = excluded.platform, app_version = excluded.app_version,"
                                    + " registered_at = now() returning " + COLUMNS)
                    .bind("user", device.userId())
                    .bind("id", device.id())
                    .bind("token", device.token())
                    .bind("platform", device.platform().label())
                    .bind("version", device.appVersion().orElse(null))
                    .map((row, c) -> device(row))
                    .one();
        });
    }

    /// @return false when the user has no such device
    public boolean unregister(String userId, String deviceId) {
        return jdbi.withHandle(h -> h.createUpdate("delete from devices where user_id = :user and id = :id")
                        .bind("user", userId)
                        .bind("id", deviceId)
                        .execute())
                == 1;
    }

    /// Removes a token that the provider called dead, unless it was registered again since the send began.
    public boolean removeDead(String token, Instant sendBegan) {
        return jdbi.withHandle(
                        h -> h.createUpdate("delete from devices where token = :token and registered_at <= :began")
                                .bind("token", token)
                                .bind("began", sendBegan)
                                .execute())
                == 1;
    }

    public List<Device> of(String userId) {
        return jdbi.withHandle(
                h -> h.createQuery("select " + COLUMNS + " from devices where user_id = :user order by registered_at")
                        .bind("user", userId)
                        .map((row, c) -> device(row))
                        .list());
    }

    private static Device device(ResultSet row) throws SQLException {
        return new Device(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                Platform.ofLabel(row.getString(4)).orElseThrow(),
                Optional.ofNullable(row.getString(5)),
                row.getTimestamp(6).toInstant());
    }
}
