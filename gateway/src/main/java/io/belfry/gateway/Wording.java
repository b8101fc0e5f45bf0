package io.belfry.gateway;

import io.belfry.core.broadcast.Announcement;
import io.belfry.core.broadcast.AnnouncementJson;
import io.belfry.core.broadcast.Announcements;
import io.belfry.core.broadcast.Content;
import io.belfry.core.template.ContentSettings;
import jakarta.inject.Singleton;
import java.util.Optional;

/// Chooses the words of an announcement for a reader. Stateless.
@Singleton
final class Wording {
    private final String fallbackLocale;

    Wording(ContentSettings settings) {
        this.fallbackLocale = settings.fallbackLocale();
    }

    Content of(Announcement announcement, Optional<String> locale) {
        return Content.bestOf(announcement.contents(), locale, fallbackLocale);
    }

    /// The data of a publication.
    byte[] publication(Announcements.Change change, Optional<String> locale) {
        return switch (change) {
            case Announcements.Entry entry -> AnnouncementJson.publication(entry, of(entry.announcement(), locale));
            case Announcements.Recalled recalled -> AnnouncementJson.recalled(recalled.broadcast());
        };
    }
}
