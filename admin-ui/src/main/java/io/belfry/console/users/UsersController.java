package io.belfry.console.users;

import io.belfry.console.Acts;
import io.belfry.console.Flash;
import io.belfry.console.Needs;
import io.belfry.console.Pages;
import io.belfry.console.Question;
import io.belfry.console.Visit;
import io.belfry.core.access.Role;
import io.belfry.core.device.Device;
import io.belfry.core.device.Devices;
import io.belfry.core.receipt.Receipts;
import io.belfry.core.trace.NotificationLine;
import io.belfry.core.trace.Traces;
import io.belfry.core.user.UserId;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.http.uri.UriBuilder;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.rules.SecurityRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Finds users, and shows what is known of one. A user's id is a parameter and not a part of the path, since `..` is an
/// id too.
@Controller("/console/users")
@Secured(SecurityRule.IS_ANONYMOUS)
@Produces(MediaType.TEXT_HTML)
@Consumes(MediaType.APPLICATION_FORM_URLENCODED)
@ExecuteOn(TaskExecutors.BLOCKING)
@Needs(Role.VIEWER)
final class UsersController {
    private static final String PATH = "/console/users";
    private static final int PAGE = 50;
    private static final int NOTIFICATIONS = 10;
    private static final int TOPICS = 100;

    private final Pages pages;
    private final UserDirectory directory;
    private final Devices devices;
    private final Receipts receipts;
    private final Traces traces;
    private final People people;
    private final Acts acts;

    UsersController(
            Pages pages,
            UserDirectory directory,
            Devices devices,
            Receipts receipts,
            Traces traces,
            People people,
            Acts acts) {
        this.pages = pages;
        this.directory = directory;
        this.devices = devices;
        this.receipts = receipts;
        this.traces = traces;
        this.people = people;
        this.acts = acts;
    }

    /// @param first address of the first page, null on it
    /// @param next address of the next page, null on the last
    record ListModel(String id, List<String> problems, List<UserDirectory.Line> lines, String first, String next) {}

    @Get
    MutableHttpResponse<?> list(@QueryValue Optional<String> id, @QueryValue Optional<String> after, Visit visit) {
        String prefix = id.map(String::strip).orElse("");
        if (!prefix.isEmpty() && !UserId.isValid(prefix)) {
            return pages.refuse(
                    visit,
                    "users/list",
                    new ListModel(
                            prefix,
                            List.of("User: an id has " + UserId.EXPECTED + ", so nobody's begins like that."),
                            List.of(),
                            null,
                            null));
        }
        List<UserDirectory.Line> found = directory.search(prefix, after, PAGE + 1);
        boolean more = found.size() > PAGE;
        List<UserDirectory.Line> lines = more ? found.subList(0, PAGE) : found;
        return pages.show(
                visit,
                "users/list",
                new ListModel(
                        prefix,
                        List.of(),
                        lines,
                        after.isPresent() ? address(prefix, Optional.empty()) : null,
                        more ? address(prefix, Optional.of(lines.getLast().id())) : null));
    }

    private static String address(String prefix, Optional<String> after) {
        UriBuilder address = UriBuilder.of(PATH);
        if (!prefix.isEmpty()) {
            address.queryParam("id", prefix);
        }
        after.ifPresent(id -> address.queryParam("after", id));
        return address.build().toString();
    }

    /// @param attributes null for roles that may not see them
    /// @param more whether the user follows more topics than are shown
    record ProfileModel(
            Person person,
            String attributes,
            List<DeviceLine> devices,
            List<String> topics,
            boolean more,
            List<NotificationLine> notifications) {}

    @Get("/profile")
    MutableHttpResponse<?> profile(@QueryValue String id, Visit visit) {
        return people.find(id, "profile")
                .<MutableHttpResponse<?>>map(person -> pages.show(visit, "users/profile", model(person, visit)))
                .orElseGet(() -> pages.notFound(visit, "user"));
    }

    private ProfileModel model(Person person, Visit visit) {
        UserDirectory.Profile user = person.user();
        List<String> topics = directory.topics(user.id(), TOPICS + 1);
        return new ProfileModel(
                person,
                visit.may(Role.EDITOR) ? user.attributes() : null,
                DeviceLine.of(devices.of(user.id()), receipts.of(user.id()), user.head()),
                topics.stream().limit(TOPICS).toList(),
                topics.size() > TOPICS,
                traces.find(Traces.Search.of(user.id(), NOTIFICATIONS)).lines());
    }

    /// For the phone that was lost or sold: it is not pushed to any more, until its app registers again.
    @Get("/device")
    @Needs(Role.ADMIN)
    MutableHttpResponse<?> askRemove(@QueryValue String user, @QueryValue String device, Visit visit) {
        return devices.of(user).stream()
                .filter(d -> d.id().equals(device))
                .findFirst()
                .<MutableHttpResponse<?>>map(d -> pages.ask(visit, "users", question(d)))
                .orElseGet(() -> pages.notFound(visit, "device"));
    }

    private static Question question(Device device) {
        var says = new ArrayList<String>();
        says.add("Nothing is pushed to this device of " + device.userId()
                + " any more. Its app registers it again when it is opened, if its user is still signed in there.");
        says.add("Notifications stay in the inbox.");
        return Question.danger(
                "Remove the device “" + device.id() + "”?",
                says,
                UriBuilder.of(PATH + "/device")
                        .queryParam("user", device.userId())
                        .queryParam("device", device.id())
                        .build()
                        .toString(),
                "Remove the device",
                People.address("profile", device.userId()));
    }

    @Post("/device")
    @Needs(Role.ADMIN)
    MutableHttpResponse<?> remove(@QueryValue String user, @QueryValue String device, Visit visit) {
        if (!devices.unregister(user, device)) {
            return pages.go(visit, People.address("profile", user), Flash.failed("There is no such device any more."));
        }
        acts.record(visit, "device.remove", user, Map.of("device", device));
        return pages.go(visit, People.address("profile", user), Flash.done("The device is removed."));
    }
}
