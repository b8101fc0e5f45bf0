package io.belfry.console.keys;

import io.belfry.console.Acts;
import io.belfry.console.Flash;
import io.belfry.console.Needs;
import io.belfry.console.Pages;
import io.belfry.console.Question;
import io.belfry.console.Visit;
import io.belfry.core.access.ApiKey;
import io.belfry.core.access.ApiKeys;
import io.belfry.core.access.Role;
import io.belfry.core.access.Scope;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.rules.SecurityRule;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// The keys with which services call Belfry: makes them, shows their text once, revokes them.
@Controller("/console/keys")
@Secured(SecurityRule.IS_ANONYMOUS)
@Produces(MediaType.TEXT_HTML)
@Consumes(MediaType.APPLICATION_FORM_URLENCODED)
@ExecuteOn(TaskExecutors.BLOCKING)
@Needs(Role.ADMIN)
final class KeysController {
    private static final String PATH = "/console/keys";
    private static final int MAX_NAME = 100;
    /// How many keys may be in use at a time; every node holds them all in memory.
    private static final int MAX_KEYS = 1_000;

    private final Pages pages;
    private final ApiKeys keys;
    private final Acts acts;

    KeysController(Pages pages, ApiKeys keys, Acts acts) {
        this.pages = pages;
        this.keys = keys;
        this.acts = acts;
    }

    record ListModel(List<ApiKey> active, List<ApiKey> revoked) {}

    @Get
    MutableHttpResponse<?> list(Visit visit) {
        List<ApiKey> all = keys.list();
        return pages.show(
                visit,
                "keys/list",
                new ListModel(
                        all.stream().filter(key -> key.revokedAt().isEmpty()).toList(),
                        all.stream().filter(key -> key.revokedAt().isPresent()).toList()));
    }

    /// A scope as the form offers it.
    record Choice(String label, String name, String help, boolean ticked) {}

    /// @param id of the key to be made, so that sending the form twice makes one
    record FormModel(UUID id, String name, List<Choice> scopes, boolean test, List<String> problems) {}

    @Get("/new")
    MutableHttpResponse<?> form(Visit visit) {
        return pages.show(
                visit,
                "keys/form",
                new FormModel(UUID.randomUUID(), "", choices(EnumSet.of(Scope.EVENTS_WRITE)), false, List.of()));
    }

    @Post
    MutableHttpResponse<?> create(Visit visit) {
        String name = visit.form().text("name");
        Set<Scope> scopes = EnumSet.noneOf(Scope.class);
        visit.form().all("scope").forEach(label -> Scope.ofLabel(label).ifPresent(scopes::add));
        Optional<UUID> id = id(visit.form().text("id"));
        boolean test = visit.form().text("kind").equals("test");
        List<String> problems = problems(name, scopes);
        if (!problems.isEmpty() || id.isEmpty()) {
            return pages.refuse(
                    visit,
                    "keys/form",
                    new FormModel(id.orElseGet(UUID::randomUUID), name, choices(scopes), test, problems));
        }
        Optional<ApiKeys.Created> created =
                keys.create(id.get(), name, scopes, test ? ApiKey.Kind.TEST : ApiKey.Kind.LIVE);
        if (created.isEmpty()) {
            return pages.go(
                    visit,
                    PATH,
                    Flash.failed("That form was sent before, and its key exists. A key is shown only once: if it was"
                            + " lost, revoke it and make another."));
        }
        ApiKey key = created.get().key();
        acts.record(
                visit,
                "key.create",
                name,
                Map.of("id", key.id().toString(), "scopes", labels(scopes), "kind", test ? "test" : "live"));
        return pages.show(visit, "keys/created", created.get());
    }

    @Get("/{id}/revoke")
    MutableHttpResponse<?> askRevoke(UUID id, Visit visit) {
        return keys.find(id)
                .filter(key -> key.revokedAt().isEmpty())
                .<MutableHttpResponse<?>>map(key -> pages.ask(visit, "keys", question(key)))
                .orElseGet(() -> pages.notFound(visit, "key in use"));
    }

    private static Question question(ApiKey key) {
        return Question.danger(
                "Revoke the key “" + key.name() + "”?",
                List.of(
                        "Every call with " + key.hint()
                                + "… is refused from then on, within five seconds on all nodes. "
                                + (key.lastUsedAt().isPresent()
                                        ? "A service has used it: give that service another key first."
                                        : "No service has used it so far."),
                        "A revoked key cannot be brought back. Events it sent stay."),
                PATH + "/" + key.id() + "/revoke",
                "Revoke the key",
                PATH);
    }

    @Post("/{id}/revoke")
    MutableHttpResponse<?> revoke(UUID id, Visit visit) {
        Optional<ApiKey> key = keys.find(id);
        if (key.isEmpty()) {
            return pages.notFound(visit, "key");
        }
        if (!keys.revoke(id)) {
            return pages.go(visit, PATH, Flash.failed("“" + key.get().name() + "” was revoked before."));
        }
        acts.record(visit, "key.revoke", key.get().name(), Map.of("id", id.toString()));
        return pages.go(visit, PATH, Flash.done("The key “" + key.get().name() + "” is revoked."));
    }

    private List<String> problems(String name, Set<Scope> scopes) {
        var problems = new ArrayList<String>();
        if (name.isEmpty() || name.length() > MAX_NAME) {
            problems.add("Name: say which service will use the key, in 1 to " + MAX_NAME + " characters.");
        }
        if (scopes.isEmpty()) {
            problems.add("Scopes: choose at least one. A key without a scope could do nothing.");
        }
        if (keys.list().stream().filter(key -> key.revokedAt().isEmpty()).count() >= MAX_KEYS) {
            problems.add("There are " + MAX_KEYS + " keys in use, which is the most. Revoke one first.");
        }
        return problems;
    }

    private static List<Choice> choices(Set<Scope> ticked) {
        return EnumSet.allOf(Scope.class).stream()
                .map(scope -> switch (scope) {
                    case EVENTS_WRITE -> choice(scope, "Send events", "POST /v1/events", ticked);
                    case EVENTS_READ -> choice(scope, "Read events", "Look up events and their traces", ticked);
                    case USERS_WRITE ->
                        choice(scope, "Manage users", "Their attributes, devices and the topics they follow", ticked);
                    case SEGMENTS_WRITE ->
                        choice(scope, "Manage segments", "Rules that pick users, and who they pick", ticked);
                    case EVENTS_EVERYONE ->
                        choice(scope, "Send to everyone", "Events that address all users at once", ticked);
                    case STOPS_WRITE ->
                        choice(scope, "Emergency stop", "Halt pushes, bulk or a category, and end that", ticked);
                    case OPERATIONS_WRITE ->
                        choice(scope, "Operate", "Dead letters and timers of all services", ticked);
                })
                .toList();
    }

    private static Choice choice(Scope scope, String name, String help, Set<Scope> ticked) {
        return new Choice(scope.label(), name, help, ticked.contains(scope));
    }

    private static String labels(Set<Scope> scopes) {
        return String.join(" ", scopes.stream().map(Scope::label).sorted().toList());
    }

    private static Optional<UUID> id(String text) {
        try {
            return Optional.of(UUID.fromString(text));
        } catch (IllegalArgumentException notAnId) {
            return Optional.empty();
        }
    }
}
