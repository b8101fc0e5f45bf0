package io.belfry.core.broadcast;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/// Writes the publications of the channel `announcements`:
/// `{"kind":"announcement","announcement":{"id","category","title","body","link","publishedAt","validUntil","read","silent"}}`
/// and `{"kind":"recalled","ids":["…"]}`.
public final class AnnouncementJson {
    private static final JsonFactory JSON = new JsonFactory();

    private AnnouncementJson() {}

    /// @param content the words in the reader's locale
    public static byte[] publication(Announcements.Entry entry, Content content) {
        ByteArrayBuilder bytes = new ByteArrayBuilder(256);
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeStringField("kind", "announcement");
            json.writeFieldName("announcement");
            item(json, entry, content);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /// Takes one back.
    public static byte[] recalled(UUID broadcast) {
        return ("{\"kind\":\"recalled\",\"ids\":[\"" + broadcast + "\"]}").getBytes(StandardCharsets.UTF_8);
    }

    /// The announcement itself, as lists show it too.
    public static void item(JsonGenerator json, Announcements.Entry entry, Content content) throws IOException {
        Announcement announcement = entry.announcement();
        json.writeStartObject();
        json.writeStringField("id", announcement.id().toString());
        json.writeStringField("category", announcement.category());
        json.writeStringField("title", content.title());
        json.writeStringField("body", content.body());
        if (content.link() != null) {
            json.writeStringField("link", content.link());
        }
        json.writeStringField("publishedAt", announcement.publishedAt().toString());
        if (announcement.validUntil().isPresent()) {
            json.writeStringField("validUntil", announcement.validUntil().get().toString());
        }
        json.writeBooleanField("read", entry.read());
        if (entry.isSilent()) {
            json.writeBooleanField("silent", true);
        }
        json.writeEndObject();
    }
}
