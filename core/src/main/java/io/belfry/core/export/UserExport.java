package io.belfry.core.export;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import io.belfry.core.device.Device;
import io.belfry.core.device.Devices;
import io.belfry.core.inbox.InboxFilter;
import io.belfry.core.inbox.InboxItem;
import io.belfry.core.inbox.InboxJson;
import io.belfry.core.inbox.InboxLog;
import io.belfry.core.inbox.InboxPage;
import io.belfry.core.inbox.InboxPosition;
import io.belfry.core.preference.PreferencesJson;
import io.belfry.core.preference.UserPreferences;
import io.belfry.core.receipt.Receipts;
import io.belfry.core.user.User;
import io.belfry.core.user.UserProfile;
import io.belfry.core.user.Users;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jdbi.v3.core.Jdbi;

/// All that is kept of a user, as one JSON object that is written while it is read: an inbox takes the memory of one
/// page. Thread-safe; what it returns is not, and blocks on the database.
@Singleton
public final class UserExport {
    private static final JsonFactory JSON = new JsonFactory();

    private final Jdbi jdbi;
    private final Users users;
    private final UserPreferences preferences;
    private final Devices devices;
    private final Receipts receipts;
    private final InboxLog inboxes;
    private final ExportSettings settings;

    public UserExport(
            Jdbi jdbi,
            Users users,
            UserPreferences preferences,
            Devices devices,
            Receipts receipts,
            InboxLog inboxes,
            ExportSettings settings) {
        this.jdbi = jdbi;
        this.users = users;
        this.preferences = preferences;
        this.devices = devices;
        this.receipts = receipts;
        this.inboxes = inboxes;
        this.settings = settings;
    }

    /// @return empty when there is no such user
    public Optional<InputStream> of(String user) {
        return users.find(user).map(found -> new Pages(user, head(found)));
    }

    /// Everything but the notifications; the last field is open.
    private byte[] head(User user) {
        UserProfile profile = user.profile();
        InboxPosition position = inboxes.position(profile.id());
        byte[] whole = bytes(json -> {
            json.writeStartObject();
            json.writeStringField("id", profile.id());
            text(json, "locale", profile.locale());
            text(json, "timeZone", profile.timeZone());
            json.writeFieldName("attributes");
            json.writeRawValue(profile.attributes());
            json.writeStringField("createdAt", user.createdAt().toString());
            json.writeStringField("updatedAt", user.updatedAt().toString());
            json.writeFieldName("preferences");
            json.writeRawValue(
                    PreferencesJson.write(preferences.of(profile.id()).preferences()));
            devices(json, devices.of(profile.id()));
            topics(json, profile.id());
            receipts(json, receipts.of(profile.id()));
            json.writeObjectFieldStart("inbox");
            InboxJson.counts(json, position.counts());
            json.writeNumberField("offset", position.head());
            json.writeEndObject();
            json.writeArrayFieldStart("notifications");
            json.writeEndArray();
            json.writeEndObject();
        });
        return Arrays.copyOf(whole, whole.length - "]}".length());
    }

    private static void devices(JsonGenerator json, List<Device> devices) throws IOException {
        json.writeArrayFieldStart("devices");
        for (Device device : devices) {
            json.writeStartObject();
            json.writeStringField("id", device.id());
            json.writeStringField("platform", device.platform().label());
            text(json, "appVersion", device.appVersion());
            json.writeStringField("token", device.token());
            json.writeStringField("registeredAt", device.registeredAt().toString());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private void topics(JsonGenerator json, String user) throws IOException {
        List<String> topics = jdbi.withHandle(
                h -> h.createQuery("select topic from topic_followers where user_id = :user order by topic")
                        .bind("user", user)
                        .mapTo(String.class)
                        .list());
        json.writeArrayFieldStart("topics");
        for (String topic : topics) {
            json.writeString(topic);
        }
        json.writeEndArray();
    }

    private static void receipts(JsonGenerator json, List<Receipts.DeviceReceipt> receipts) throws IOException {
        json.writeArrayFieldStart("receipts");
        for (Receipts.DeviceReceipt receipt : receipts) {
            json.writeStartObject();
            json.writeStringField("deviceId", receipt.deviceId());
            json.writeNumberField("inboxOffset", receipt.inboxOffset());
            json.writeNumberField("announcementOffset", receipt.announcementOffset());
            json.writeStringField("at", receipt.at().toString());
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void text(JsonGenerator json, String name, Optional<String> value) throws IOException {
        if (value.isPresent()) {
            json.writeStringField(name, value.get());
        }
    }

    private static byte[] item(InboxItem item) {
        return bytes(json -> InboxJson.item(json, item));
    }

    private interface Body {
        void write(JsonGenerator json) throws IOException;
    }

    private static byte[] bytes(Body body) {
        ByteArrayBuilder bytes = new ByteArrayBuilder(512);
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            body.write(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /// The head, then the notifications of one page after another, then the end.
    private final class Pages extends InputStream {
        private static final byte[] END = "]}".getBytes(StandardCharsets.US_ASCII);

        private final String user;
        private byte[] part;
        private int position;
        private OptionalLong before = OptionalLong.empty();
        private final Iterator<InboxFilter.Place> places =
                List.of(InboxFilter.Place.values()).iterator();
        private InboxFilter.Place place = places.next();
        private boolean isFirst = true;
        private boolean isLast;
        private boolean isOver;

        Pages(String user, byte[] head) {
            this.user = user;
            this.part = head;
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            while (position == part.length) {
                if (isOver) {
                    return -1;
                }
                part = next();
                position = 0;
            }
            int count = Math.min(length, part.length - position);
            System.arraycopy(part, position, target, offset, count);
            position += count;
            return count;
        }

        private byte[] next() {
            if (isLast) {
                isOver = true;
                return END;
            }
            var filter = new InboxFilter(place, InboxFilter.Reading.ANY, Optional.empty());
            InboxPage page = inboxes.list(user, filter, before, settings.page());
            before = page.before();
            if (before.isEmpty()) {
                isLast = !places.hasNext();
                place = isLast ? place : places.next();
            }
            ByteArrayBuilder items = new ByteArrayBuilder();
            for (InboxItem item : page.items()) {
                if (!isFirst) {
                    items.write(',');
                }
                isFirst = false;
                byte[] bytes = item(item);
                items.write(bytes, 0, bytes.length);
            }
            return items.toByteArray();
        }
    }
}
