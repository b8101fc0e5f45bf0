package io.belfry.console.users;

import io.belfry.console.Needs;
import io.belfry.console.Pages;
import io.belfry.console.Visit;
import io.belfry.core.access.Role;
import io.belfry.core.broadcast.Announcements;
import io.belfry.core.broadcast.Content;
import io.belfry.core.inbox.InboxFilter;
import io.belfry.core.inbox.InboxItem;
import io.belfry.core.inbox.InboxLog;
import io.belfry.core.inbox.InboxPage;
import io.belfry.core.template.ContentSettings;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.http.uri.UriBuilder;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.rules.SecurityRule;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/// The inbox of a user as the user sees it. Looking marks nothing as seen.
@Controller("/console/users/inbox")
@Secured(SecurityRule.IS_ANONYMOUS)
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
@Needs(Role.VIEWER)
final class InboxPageController {
    private static final int PAGE = 25;
    private static final int ANNOUNCEMENTS = 100;

    private final Pages pages;
    private final People people;
    private final InboxLog inboxes;
    private final Announcements announcements;
    private final ContentSettings content;

    InboxPageController(
            Pages pages, People people, InboxLog inboxes, Announcements announcements, ContentSettings content) {
        this.pages = pages;
        this.people = people;
        this.inboxes = inboxes;
        this.announcements = announcements;
        this.content = content;
    }

    /// One of the places where notifications are.
    record View(String label, String address, boolean current) {}

    /// A broadcast as the user has it.
    record AnnouncementLine(UUID id, Content words, Instant at, boolean read) {}

    /// @param announcements only on the first page of what is listed
    record InboxModel(
            Person person,
            String place,
            List<View> views,
            List<InboxItem> items,
            List<AnnouncementLine> announcements,
            String first,
            String next) {}

    @Get
    MutableHttpResponse<?> inbox(
            @QueryValue String id, @QueryValue Optional<String> place, @QueryValue Optional<Long> before, Visit visit) {
        return people.find(id, "inbox")
                .<MutableHttpResponse<?>>map(
                        person -> pages.show(visit, "users/inbox", model(person, place(place.orElse("")), before)))
                .orElseGet(() -> pages.notFound(visit, "user"));
    }

    private InboxModel model(Person person, InboxFilter.Place place, Optional<Long> before) {
        InboxPage page = inboxes.list(
                person.id(),
                new InboxFilter(place, InboxFilter.Reading.ANY, Optional.empty()),
                before.map(OptionalLong::of).orElseGet(OptionalLong::empty),
                PAGE);
        boolean withAnnouncements = place == InboxFilter.Place.LISTED && before.isEmpty();
        return new InboxModel(
                person,
                label(place),
                List.of(
                        view(person, InboxFilter.Place.LISTED, "Inbox", place),
                        view(person, InboxFilter.Place.ARCHIVED, "Archive", place),
                        view(person, InboxFilter.Place.SNOOZED, "Snoozed", place)),
                page.items(),
                withAnnouncements ? announcements(person) : List.of(),
                before.isPresent() ? address(person, place, OptionalLong.empty()) : null,
                page.before().isPresent() ? address(person, place, page.before()) : null);
    }

    private List<AnnouncementLine> announcements(Person person) {
        return announcements.of(person.id(), 0, ANNOUNCEMENTS).stream()
                .map(entry -> new AnnouncementLine(
                        entry.announcement().id(),
                        Content.bestOf(
                                entry.announcement().contents(), person.user().locale(), content.fallbackLocale()),
                        entry.announcement().publishedAt(),
                        entry.read()))
                .sorted(Comparator.comparing(AnnouncementLine::at).reversed())
                .toList();
    }

    private static View view(Person person, InboxFilter.Place place, String label, InboxFilter.Place current) {
        return new View(label, address(person, place, OptionalLong.empty()), place == current);
    }

    private static String address(Person person, InboxFilter.Place place, OptionalLong before) {
        UriBuilder address = UriBuilder.of(Person.PATH + "/inbox").queryParam("id", person.id());
        if (place != InboxFilter.Place.LISTED) {
            address.queryParam("place", label(place));
        }
        before.ifPresent(offset -> address.queryParam("before", offset));
        return address.build().toString();
    }

    private static String label(InboxFilter.Place place) {
        return place.name().toLowerCase(Locale.ROOT);
    }

    private static InboxFilter.Place place(String typed) {
        for (InboxFilter.Place place : InboxFilter.Place.values()) {
            if (label(place).equals(typed)) {
                return place;
            }
        }
        return InboxFilter.Place.LISTED;
    }
}
