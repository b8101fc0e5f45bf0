package io.belfry.core.inbox;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import io.belfry.core.broadcast.Announcement;
import io.belfry.core.broadcast.AnnouncementJson;
import io.belfry.core.broadcast.Announcements;
import io.belfry.core.broadcast.Content;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

/// Writes what users see of their inboxes: pages of it, and the publications of the channel `inbox`. Their forms:
///
/// ```
/// {"kind":"notification","notification":{…},"counts":{…}}    created, edited, back in the list, or its state on
/// recovery
/// {"kind":"read","ids":[…],"counts":{…}}                     these were read; likewise unread, archived, acknowledged
/// {"kind":"snoozed","ids":[…],"until":"…","counts":{…}}      these are out of the list until then
/// {"kind":"recalled","ids":[…],"counts":{…}}                 these were taken back: there are no such notifications
/// {"kind":"readThrough","offset":17,"counts":{…}}            everything created up to there was read
/// {"kind":"seenThrough","offset":17,"counts":{…}}            everything created up to there was listed
/// {"kind":"announcementsRead","ids":[…]}                     these broadcasts were read
/// {"kind":"expired","before":"…","counts":{…}}               notifications created before that time are gone
/// ```
///
/// `counts` are those at the publication's own offset. A recovered publication carries none unless it is at the head,
/// since the counts of the past are not kept.
public final class InboxJson {
    private static final JsonFactory JSON = new JsonFactory();

    private InboxJson() {}

    public static byte[] notification(InboxItem item, Counts counts) {
        return object("notification", json -> {
            json.writeFieldName("notification");
            item(json, item);
            counts(json, counts);
        });
    }

    /// @param kind `read`, `unread`, `archived`, `acknowledged` or `recalled`
    static byte[] changed(String kind, Collection<UUID> ids, Counts counts) {
        return object(kind, json -> {
            ids(json, ids);
            counts(json, counts);
        });
    }

    static byte[] snoozed(Collection<UUID> ids, Instant until, Counts counts) {
        return object("snoozed", json -> {
            ids(json, ids);
            json.writeStringField("until", until.toString());
            counts(json, counts);
        });
    }

    static byte[] through(String kind, long offset, Counts counts) {
        return object(kind, json -> {
            json.writeNumberField("offset", offset);
            counts(json, counts);
        });
    }

    /// @param before those created earlier went because of their age
    public static byte[] expired(Instant before, Counts counts) {
        return object("expired", json -> {
            json.writeStringField("before", before.toString());
            counts(json, counts);
        });
    }

    public static byte[] announcementsRead(Collection<UUID> ids, Counts counts) {
        return object("announcementsRead", json -> {
            ids(json, ids);
            counts(json, counts);
        });
    }

    /// A page as `inbox.list` and `GET /v1/inbox` answer it:
    /// `{"items":[…],"nextCursor":"…","counts":{…},"offset":17}`, newest first, exact at that offset. There is no
    /// `nextCursor` on the last page.
    public static byte[] page(InboxPage page) {
        return bytes(json -> page(json, page));
    }

    /// A first page with the announcements that are still valid for this user, newest first, in a field
    /// `announcements` of their own.
    ///
    /// @param content chooses the words in the reader's locale
    public static byte[] page(
            InboxPage page, List<Announcements.Entry> announcements, Function<Announcement, Content> content) {
        return bytes(json -> {
            page(json, page);
            json.writeArrayFieldStart("announcements");
            for (Announcements.Entry entry : announcements.reversed()) {
                AnnouncementJson.item(json, entry, content.apply(entry.announcement()));
            }
            json.writeEndArray();
        });
    }

    /// The answer to an act: `{"counts":{…},"offset":17}`.
    public static byte[] position(InboxPosition position) {
        return bytes(json -> {
            counts(json, position.counts());
            json.writeNumberField("offset", position.head());
        });
    }

    private static void page(JsonGenerator json, InboxPage page) throws IOException {
        json.writeArrayFieldStart("items");
        for (InboxItem item : page.items()) {
            item(json, item);
        }
        json.writeEndArray();
        if (page.before().isPresent()) {
            json.writeStringField("nextCursor", InboxCursor.after(page.before().getAsLong()));
        }
        counts(json, page.position().counts());
        json.writeNumberField("offset", page.position().head());
    }

    /// The item itself, as the list shows it too.
    public static void item(JsonGenerator json, InboxItem item) throws IOException {
        json.writeStartObject();
        json.writeStringField("id", item.id().toString());
        json.writeNumberField("offset", item.offset());
        json.writeStringField("type", item.type());
        json.writeStringField("category", item.category());
        json.writeStringField("priority", item.priority().label());
        text(json, "title", item.title());
        text(json, "body", item.body());
        text(json, "link", item.link());
        json.writeStringField("createdAt", item.createdAt().toString());
        state(json, item.state());
        flag(json, "silent", item.isSilent());
        text(json, "collapseKey", item.collapseKey().orElse(null));
        json.writeFieldName("data");
        json.writeRawValue(item.data());
        json.writeEndObject();
    }

    /// What most are not is left out.
    private static void state(JsonGenerator json, InboxItem.State state) throws IOException {
        json.writeBooleanField("read", state.read());
        json.writeBooleanField("seen", state.seen());
        flag(json, "archived", state.archived());
        text(json, "snoozedUntil", state.snoozedUntil().map(Instant::toString).orElse(null));
        flag(json, "acknowledged", state.acknowledged());
        flag(json, "edited", state.edited());
    }

    private static void flag(JsonGenerator json, String name, boolean isSet) throws IOException {
        if (isSet) {
            json.writeBooleanField(name, true);
        }
    }

    /// Writes the field `counts`, or nothing when they are not known.
    public static void counts(JsonGenerator json, Counts counts) throws IOException {
        if (counts == null) {
            return;
        }
        json.writeObjectFieldStart("counts");
        json.writeNumberField("total", counts.total());
        json.writeNumberField("unread", counts.unread());
        json.writeNumberField("unseen", counts.unseen());
        json.writeEndObject();
    }

    private static void ids(JsonGenerator json, Collection<UUID> ids) throws IOException {
        json.writeArrayFieldStart("ids");
        for (UUID id : ids) {
            json.writeString(id.toString());
        }
        json.writeEndArray();
    }

    private static void text(JsonGenerator json, String name, String value) throws IOException {
        if (value != null) {
            json.writeStringField(name, value);
        }
    }

    private interface Body {
        void write(JsonGenerator json) throws IOException;
    }

    private static byte[] object(String kind, Body body) {
        return bytes(json -> {
            json.writeStringField("kind", kind);
            body.write(json);
        });
    }

    private static byte[] bytes(Body body) {
        ByteArrayBuilder bytes = new ByteArrayBuilder(512);
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            body.write(json);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
