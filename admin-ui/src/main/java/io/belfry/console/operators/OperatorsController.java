package io.belfry.console.operators;

import io.belfry.console.Acts;
import io.belfry.console.Flash;
import io.belfry.console.Needs;
import io.belfry.console.Pages;
import io.belfry.console.Question;
import io.belfry.console.Visit;
import io.belfry.core.access.Operator;
import io.belfry.core.access.OperatorAccounts;
import io.belfry.core.access.OperatorSessions;
import io.belfry.core.access.Operators;
import io.belfry.core.access.Role;
import io.micronaut.http.HttpResponse;
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
import java.net.URI;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/// Who works in the console, in which role. A password is handed over once, on the page that answers.
@Controller("/console/operators")
@Secured(SecurityRule.IS_ANONYMOUS)
@Produces(MediaType.TEXT_HTML)
@Consumes(MediaType.APPLICATION_FORM_URLENCODED)
@ExecuteOn(TaskExecutors.BLOCKING)
@Needs(Role.ADMIN)
final class OperatorsController {
    private static final String PATH = "/console/operators";

    private final Pages pages;
    private final Operators operators;
    private final OperatorAccounts accounts;
    private final OperatorSessions sessions;
    private final Acts acts;
    private final Clock clock;

    OperatorsController(
            Pages pages,
            Operators operators,
            OperatorAccounts accounts,
            OperatorSessions sessions,
            Acts acts,
            Clock clock) {
        this.pages = pages;
        this.operators = operators;
        this.accounts = accounts;
        this.sessions = sessions;
        this.acts = acts;
        this.clock = clock;
    }

    /// An account, and what keeps it from being used, if something does.
    record Line(Operator operator, String state, String tone) {
        public boolean isDisabled() {
            return operator.disabledAt().isPresent();
        }
    }

    @Get
    MutableHttpResponse<?> list(Visit visit) {
        return pages.show(
                visit,
                "operators/list",
                operators.list().stream().map(this::line).toList());
    }

    record FormModel(String email, String name, String role, List<RoleChoice> roles, String problem) {}

    @Get("/new")
    MutableHttpResponse<?> form(Visit visit) {
        return pages.show(visit, "operators/form", new FormModel("", "", Role.VIEWER.label(), RoleChoice.all(), null));
    }

    @Post
    MutableHttpResponse<?> invite(Visit visit) {
        String email = visit.form().text("email");
        String name = visit.form().text("name");
        Optional<Role> role = Role.ofLabel(visit.form().text("role"));
        try {
            Optional<OperatorAccounts.Handed> handed = role.flatMap(chosen -> accounts.invite(email, name, chosen));
            if (handed.isPresent()) {
                acts.record(
                        visit,
                        "operator.create",
                        handed.get().operator().email(),
                        Map.of("role", role.get().label()));
                return pages.show(visit, "operators/handed", new HandedModel(handed.get(), true));
            }
            return again(visit, role.isEmpty() ? "Choose a role." : email + " has an account already.");
        } catch (IllegalArgumentException e) {
            return again(visit, e.getMessage());
        }
    }

    private MutableHttpResponse<?> again(Visit visit, String problem) {
        return pages.refuse(
                visit,
                "operators/form",
                new FormModel(
                        visit.form().text("email"),
                        visit.form().text("name"),
                        visit.form().text("role"),
                        RoleChoice.all(),
                        problem));
    }

    /// @param created whether the account is new
    record HandedModel(OperatorAccounts.Handed handed, boolean created) {}

    /// @param self whether an administrator looks at their own account
    record DetailModel(Line line, List<RoleChoice> roles, int sessions, boolean self) {
        public Operator operator() {
            return line.operator();
        }
    }

    @Get("/{id}")
    MutableHttpResponse<?> detail(UUID id, Visit visit) {
        return operators
                .find(id)
                .<MutableHttpResponse<?>>map(operator -> pages.show(
                        visit,
                        "operators/detail",
                        new DetailModel(
                                line(operator),
                                RoleChoice.all(),
                                sessions.list(id).size(),
                                id.equals(visit.operator().id()))))
                .orElseGet(() -> pages.notFound(visit, "operator"));
    }

    @Post("/{id}/role")
    MutableHttpResponse<?> changeRole(UUID id, Visit visit) {
        Optional<Operator> before = operators.find(id);
        Optional<Role> role = Role.ofLabel(visit.form().text("role"));
        if (before.isEmpty() || role.isEmpty()) {
            return pages.notFound(visit, "operator or role");
        }
        if (before.get().role() == role.get()) {
            return pages.go(visit, PATH + "/" + id, Flash.done("Nothing changed."));
        }
        return told(
                visit,
                id,
                accounts.changeRole(id, role.get()),
                "operator.role",
                Map.of("from", before.get().role().label(), "to", role.get().label()),
                before.get().name() + " is " + role.get().label() + " now.");
    }

    @Get("/{id}/disable")
    MutableHttpResponse<?> askDisable(UUID id, Visit visit) {
        return ask(
                visit,
                id,
                operator -> Question.danger(
                        "Disable " + operator.name() + "?",
                        List.of(
                                operator.email() + " is signed out everywhere at once and cannot sign in any more.",
                                "The account can be enabled again. What it did stays in the audit log."),
                        PATH + "/" + id + "/disable",
                        "Disable the account",
                        PATH + "/" + id));
    }

    @Post("/{id}/disable")
    MutableHttpResponse<?> disable(UUID id, Visit visit) {
        if (id.equals(visit.operator().id())) {
            return pages.go(
                    visit, PATH + "/" + id, Flash.failed("You cannot disable yourself: ask another administrator."));
        }
        return told(visit, id, accounts.disable(id), "operator.disable", Map.of(), "The account is disabled.");
    }

    @Post("/{id}/enable")
    MutableHttpResponse<?> enable(UUID id, Visit visit) {
        return told(visit, id, accounts.enable(id), "operator.enable", Map.of(), "The account can be used again.");
    }

    @Get("/{id}/password")
    MutableHttpResponse<?> askReset(UUID id, Visit visit) {
        return ask(
                visit,
                id,
                operator -> Question.danger(
                        "Reset the password of " + operator.name() + "?",
                        List.of(
                                "The old password stops working and " + operator.email() + " is signed out everywhere.",
                                "You get a one-time password to hand over. It is shown once."),
                        PATH + "/" + id + "/password",
                        "Reset the password",
                        PATH + "/" + id));
    }

    @Post("/{id}/password")
    MutableHttpResponse<?> reset(UUID id, Visit visit) {
        if (id.equals(visit.operator().id())) {
            return HttpResponse.seeOther(URI.create("/console/account/password"));
        }
        Optional<OperatorAccounts.Handed> handed = accounts.resetPassword(id);
        if (handed.isEmpty()) {
            return pages.notFound(visit, "operator");
        }
        acts.record(visit, "operator.password-reset", handed.get().operator().email(), Map.of());
        return pages.show(visit, "operators/handed", new HandedModel(handed.get(), false));
    }

    private MutableHttpResponse<?> ask(Visit visit, UUID id, Function<Operator, Question> question) {
        return operators
                .find(id)
                .<MutableHttpResponse<?>>map(operator -> pages.ask(visit, "operators", question.apply(operator)))
                .orElseGet(() -> pages.notFound(visit, "operator"));
    }

    private MutableHttpResponse<?> told(
            Visit visit,
            UUID id,
            OperatorAccounts.Change change,
            String action,
            Map<String, String> detail,
            String outcome) {
        return switch (change) {
            case OperatorAccounts.Change.Done(Operator operator) -> {
                acts.record(visit, action, operator.email(), detail);
                yield pages.go(visit, PATH + "/" + id, Flash.done(outcome));
            }
            case OperatorAccounts.Change.LastAdmin last -> {
                acts.record(visit, action + "-refused", id.toString(), Map.of("why", "last administrator"));
                yield pages.go(
                        visit,
                        PATH + "/" + id,
                        Flash.failed("This is the last administrator. Make somebody else one first, or nobody could"
                                + " manage operators any more."));
            }
            case OperatorAccounts.Change.Unknown unknown -> pages.notFound(visit, "operator");
        };
    }

    private Line line(Operator operator) {
        if (operator.disabledAt().isPresent()) {
            return new Line(operator, "disabled", "bad");
        }
        if (operator.lockedUntil().filter(clock.instant()::isBefore).isPresent()) {
            return new Line(operator, "locked", "warn");
        }
        if (operator.oneTimeUntil().isPresent()) {
            return operator.oneTimeUntil().filter(clock.instant()::isAfter).isPresent()
                    ? new Line(operator, "password lapsed", "warn")
                    : new Line(operator, "invited", "info");
        }
        return new Line(operator, "active", "good");
    }

    /// A role as forms offer it.
    record RoleChoice(String label, String name, String help) {
        static List<RoleChoice> all() {
            return Arrays.stream(Role.values())
                    .map(role -> switch (role) {
                        case VIEWER ->
                            new RoleChoice(
                                    role.label(), "Viewer", "Looks at everything but payloads; changes nothing.");
                        case EDITOR ->
                            new RoleChoice(
                                    role.label(),
                                    "Editor",
                                    "Also sees payloads, edits and publishes templates, edits categories.");
                        case BROADCASTER -> new RoleChoice(role.label(), "Broadcaster", "Also sends broadcasts.");
                        case ADMIN ->
                            new RoleChoice(
                                    role.label(),
                                    "Admin",
                                    "Also manages API keys and operators, and reads the audit log.");
                    })
                    .toList();
        }
    }
}
