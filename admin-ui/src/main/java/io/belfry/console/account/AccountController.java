package io.belfry.console.account;

import io.belfry.console.Acts;
import io.belfry.console.Flash;
import io.belfry.console.Needs;
import io.belfry.console.Pages;
import io.belfry.console.Visit;
import io.belfry.core.access.Operator;
import io.belfry.core.access.OperatorAccounts;
import io.belfry.core.access.OperatorSessions;
import io.belfry.core.access.Role;
import io.belfry.core.access.SignIn;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// An operator's own account: password and sessions.
@Controller("/console/account")
@Secured(SecurityRule.IS_ANONYMOUS)
@Produces(MediaType.TEXT_HTML)
@Consumes(MediaType.APPLICATION_FORM_URLENCODED)
@ExecuteOn(TaskExecutors.BLOCKING)
@Needs(Role.VIEWER)
final class AccountController {
    private static final String PATH = "/console/account";

    private final Pages pages;
    private final OperatorAccounts accounts;
    private final OperatorSessions sessions;
    private final Acts acts;

    AccountController(Pages pages, OperatorAccounts accounts, OperatorSessions sessions, Acts acts) {
        this.pages = pages;
        this.accounts = accounts;
        this.sessions = sessions;
        this.acts = acts;
    }

    /// A session, and whether it is the one that looks.
    record SessionLine(OperatorSessions.Line session, boolean own) {}

    record AccountModel(Operator operator, List<SessionLine> sessions) {}

    @Get
    MutableHttpResponse<?> page(Visit visit) {
        return pages.show(
                visit,
                "account/page",
                new AccountModel(
                        visit.operator(),
                        sessions.list(visit.operator().id()).stream()
                                .map(line -> new SessionLine(
                                        line, line.id().equals(visit.session().id())))
                                .toList()));
    }

    /// @param oneTime whether the old one was handed over by somebody else
    /// @param problem what went wrong, or null
    record PasswordModel(boolean oneTime, String email, String problem) {}

    @Get("/password")
    @Needs(value = Role.VIEWER, evenWithOneTimePassword = true)
    MutableHttpResponse<?> password(Visit visit) {
        return pages.show(visit, "account/password", model(visit, null));
    }

    @Post("/password")
    @Needs(value = Role.VIEWER, evenWithOneTimePassword = true)
    MutableHttpResponse<?> changePassword(Visit visit) {
        String old = visit.form().raw("old");
        String chosen = visit.form().raw("chosen");
        Optional<String> problem = chosen.equals(visit.form().raw("again"))
                ? change(visit, old, chosen)
                : Optional.of("The two new passwords are not the same.");
        if (problem.isPresent()) {
            return pages.refuse(visit, "account/password", model(visit, problem.get()));
        }
        acts.record(visit, "operator.password", visit.operator().email(), Map.of());
        return pages.go(
                visit, "/console", Flash.done("Your password is changed. You are signed out everywhere but here."));
    }

    private Optional<String> change(Visit visit, String old, String chosen) {
        if (chosen.equals(old)) {
            return Optional.of("Choose one that is not the old one.");
        }
        try {
            return switch (accounts.changeOwnPassword(visit.session(), old, chosen)) {
                case SignIn.Accepted accepted -> Optional.empty();
                case SignIn.AwaitsCode awaitsCode -> Optional.empty();
                case SignIn.Refused refused -> refused(visit, "That is not your password.");
                case SignIn.Locked locked ->
                    refused(visit, "Too many wrong passwords: your account is locked for a while.");
                case SignIn.Busy busy -> Optional.of("Many people are signing in. Try again in a moment.");
            };
        } catch (IllegalArgumentException e) {
            return Optional.of("The new password is not acceptable: " + e.getMessage() + ".");
        }
    }

    private Optional<String> refused(Visit visit, String problem) {
        acts.record(visit, "operator.password-refused", visit.operator().email(), Map.of());
        return Optional.of(problem);
    }

    @Post("/sessions/end")
    MutableHttpResponse<?> endOthers(Visit visit) {
        int ended = sessions.endOthers(visit.session());
        acts.record(visit, "session.end-others", visit.operator().email(), Map.of("sessions", String.valueOf(ended)));
        return pages.go(visit, PATH, Flash.done("You are signed out everywhere but here."));
    }

    @Post("/sessions/{id}/end")
    MutableHttpResponse<?> endOne(String id, Visit visit) {
        if (!sessions.endOne(visit.operator().id(), id)) {
            return pages.go(visit, PATH, Flash.done("That session was over already."));
        }
        acts.record(visit, "session.end-one", visit.operator().email(), Map.of());
        return pages.go(visit, PATH, Flash.done("That browser is signed out."));
    }

    private static PasswordModel model(Visit visit, String problem) {
        return new PasswordModel(
                visit.operator().oneTimeUntil().isPresent(), visit.operator().email(), problem);
    }
}
