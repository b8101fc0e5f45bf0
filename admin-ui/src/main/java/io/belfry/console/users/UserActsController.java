package io.belfry.console.users;

import io.belfry.console.Acts;
import io.belfry.console.Flash;
import io.belfry.console.Needs;
import io.belfry.console.Pages;
import io.belfry.console.Question;
import io.belfry.console.Visit;
import io.belfry.core.access.Role;
import io.belfry.core.device.Devices;
import io.belfry.core.export.UserExport;
import io.belfry.core.feed.Closings;
import io.belfry.core.identity.Revocations;
import io.belfry.core.user.Erasure;
import io.belfry.core.user.Erasures;
import io.belfry.core.user.UserId;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.http.server.types.files.StreamedFile;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.rules.SecurityRule;
import java.io.InputStream;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.JdbiException;

/// What operators do to a user: end their connections, end their tokens, hand out what is kept of them, erase them.
@Controller("/console/users")
@Secured(SecurityRule.IS_ANONYMOUS)
@Produces(MediaType.TEXT_HTML)
@Consumes(MediaType.APPLICATION_FORM_URLENCODED)
@ExecuteOn(TaskExecutors.BLOCKING)
@Needs(Role.ADMIN)
final class UserActsController {
    private final Pages pages;
    private final People people;
    private final Devices devices;
    private final Closings closings;
    private final Revocations revocations;
    private final UserExport export;
    private final Erasures erasures;
    private final Acts acts;
    private final Clock clock;

    UserActsController(
            Pages pages,
            People people,
            Devices devices,
            Closings closings,
            Revocations revocations,
            UserExport export,
            Erasures erasures,
            Acts acts,
            Clock clock) {
        this.pages = pages;
        this.people = people;
        this.devices = devices;
        this.closings = closings;
        this.revocations = revocations;
        this.export = export;
        this.erasures = erasures;
        this.acts = acts;
        this.clock = clock;
    }

    @Post("/disconnect")
    @Needs(Role.EDITOR)
    MutableHttpResponse<?> disconnect(@QueryValue String id, Visit visit) {
        if (people.find(id, "profile").isEmpty()) {
            return pages.notFound(visit, "user");
        }
        long gateways = closings.close(id, Closings.Then.RECONNECT).join();
        if (gateways < 0) {
            return profile(
                    visit, id, Flash.failed("Redis cannot be reached, so no gateway was told. Nothing was closed."));
        }
        acts.record(visit, "user.disconnect", id, Map.of("gateways", String.valueOf(gateways)));
        return profile(
                visit,
                id,
                Flash.done("All gateways were told to close the connections. Clients come back by themselves."));
    }

    @Get("/sign-out")
    MutableHttpResponse<?> askSignOut(@QueryValue String id, Visit visit) {
        return ask(
                visit,
                id,
                person -> Question.danger(
                        "Sign " + id + " out everywhere?",
                        List.of(
                                "All tokens that were issued to this user until now count no longer, on all gateways and in"
                                        + " the API, and open connections end within seconds.",
                                "Their apps have to get a new token from your backend. Push, inbox and preferences stay."),
                        People.address("sign-out", id),
                        "Sign out everywhere",
                        People.address("profile", id)));
    }

    @Post("/sign-out")
    MutableHttpResponse<?> signOut(@QueryValue String id, Visit visit) {
        if (people.find(id, "profile").isEmpty()) {
            return pages.notFound(visit, "user");
        }
        revocations.revokeAll(new UserId(id), clock.instant());
        acts.record(visit, "user.sign-out", id, Map.of());
        return profile(visit, id, Flash.done("All tokens issued until now count no longer."));
    }

    /// A POST, since it is written down who took it.
    @Post("/export")
    @Produces(MediaType.ALL)
    MutableHttpResponse<?> export(@QueryValue String id, Visit visit) {
        Optional<InputStream> stream = export.of(id);
        if (stream.isEmpty()) {
            return pages.notFound(visit, "user");
        }
        acts.record(visit, "user.export", id, Map.of());
        return HttpResponse.ok(new StreamedFile(stream.get(), MediaType.APPLICATION_JSON_TYPE))
                .header(
                        HttpHeaders.CONTENT_DISPOSITION,
                        "attachment; filename=\"user-" + id.replaceAll("[^A-Za-z0-9-]", "_") + ".json\"");
    }

    @Get("/erase")
    MutableHttpResponse<?> askErase(@QueryValue String id, Visit visit) {
        return ask(visit, id, person -> erasure(person, null));
    }

    private Question erasure(Person person, String problem) {
        String id = person.id();
        int registered = devices.of(id).size();
        var says = new ArrayList<String>();
        says.add("At once: " + person.user().counts().total() + " notifications, " + registered
                + (registered == 1 ? " device" : " devices")
                + ", receipts, preferences and followed topics are deleted, and open connections are closed.");
        says.add("What was accepted for them and not delivered yet never will be.");
        says.add(
                "Then, in the background: their data and id are taken out of the events of the past. In the audit log a"
                        + " pseudonym stands for them.");
        says.add("Nothing of it can be brought back. An event that names the id later makes a new user.");
        return new Question(
                "Erase " + id + "?",
                says,
                People.address("erase", id),
                "Erase the user",
                Question.Tone.DANGER,
                id,
                "To confirm, type the user's id: " + id,
                People.address("profile", id),
                problem);
    }

    @Post("/erase")
    MutableHttpResponse<?> erase(@QueryValue String id, Visit visit) {
        Optional<Person> person = people.find(id, "profile");
        if (person.isEmpty()) {
            return pages.notFound(visit, "user");
        }
        if (!visit.form().text("typed").equals(id)) {
            return pages.ask(
                    visit, "users", erasure(person.get(), "Nothing was erased: what you typed is not the user's id."));
        }
        Optional<Erasure> erasure;
        try {
            erasure = erasures.begin(id, visit.operator().email());
        } catch (JdbiException e) {
            return pages.ask(
                    visit,
                    "users",
                    erasure(
                            person.get(),
                            "It is not complete: a dispatcher or the database did not answer. Try again."));
        }
        if (erasure.isEmpty()) {
            return pages.notFound(visit, "user");
        }
        acts.record(
                visit,
                "user.erase",
                erasure.get().pseudonym(),
                Map.of("erasure", erasure.get().id().toString()));
        return pages.go(
                visit,
                Person.PATH,
                Flash.done("The user is erased. In the audit log they are "
                        + erasure.get().pseudonym() + "."));
    }

    private interface Asking {
        Question about(Person person);
    }

    private MutableHttpResponse<?> ask(Visit visit, String id, Asking asking) {
        return people.find(id, "profile")
                .<MutableHttpResponse<?>>map(person -> pages.ask(visit, "users", asking.about(person)))
                .orElseGet(() -> pages.notFound(visit, "user"));
    }

    private MutableHttpResponse<?> profile(Visit visit, String id, Flash flash) {
        return pages.go(visit, People.address("profile", id), flash);
    }
}
