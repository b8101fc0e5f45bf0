package io.belfry.console.operators;

import io.belfry.console.Acts;
import io.belfry.console.Flash;
import io.belfry.console.Needs;
import io.belfry.console.Pages;
import io.belfry.console.Question;
import io.belfry.console.Visit;
import io.belfry.core.access.Operator;
import io.belfry.core.access.OperatorSessions;
import io.belfry.core.access.Operators;
import io.belfry.core.access.Role;
import io.belfry.core.access.SecondFactors;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/// What an administrator does about how somebody else signs in: signs them out, and takes away a second factor whose
/// phone is lost.
@Controller("/console/operators/{id}")
@Secured(SecurityRule.IS_ANONYMOUS)
@Produces(MediaType.TEXT_HTML)
@Consumes(MediaType.APPLICATION_FORM_URLENCODED)
@ExecuteOn(TaskExecutors.BLOCKING)
@Needs(Role.ADMIN)
final class SignInsController {
    private static final String OPERATORS = "/console/operators/";

    private final Pages pages;
    private final Operators operators;
    private final OperatorSessions sessions;
    private final SecondFactors factors;
    private final Acts acts;

    SignInsController(Pages pages, Operators operators, OperatorSessions sessions, SecondFactors factors, Acts acts) {
        this.pages = pages;
        this.operators = operators;
        this.sessions = sessions;
        this.factors = factors;
        this.acts = acts;
    }

    @Get("/second-factor")
    MutableHttpResponse<?> askReset(UUID id, Visit visit) {
        return ask(
                visit,
                id,
                operator -> Question.danger(
                        "Reset the second factor of " + operator.name() + "?",
                        List.of(
                                "Make sure that it is " + operator.name() + " who asks: from then on the password alone"
                                        + " lets " + operator.email() + " in.",
                                "The app and the recovery codes stop working, and they are signed out everywhere. They can"
                                        + " set up another one."),
                        OPERATORS + id + "/second-factor",
                        "Reset the second factor",
                        OPERATORS + id));
    }

    @Post("/second-factor")
    MutableHttpResponse<?> reset(UUID id, Visit visit) {
        if (id.equals(visit.operator().id())) {
            return HttpResponse.seeOther(URI.create("/console/account/second-factor"));
        }
        Optional<Operator> operator = operators.find(id);
        if (operator.isEmpty()) {
            return pages.notFound(visit, "operator");
        }
        if (!factors.remove(id)) {
            return pages.go(visit, OPERATORS + id, Flash.failed("There was no second factor to reset."));
        }
        sessions.endAll(id);
        acts.record(visit, "operator.second-factor-reset", operator.get().email(), Map.of());
        return pages.go(visit, OPERATORS + id, Flash.done("The second factor is reset."));
    }

    @Get("/sessions")
    MutableHttpResponse<?> askSignOut(UUID id, Visit visit) {
        int browsers = sessions.list(id).size();
        return ask(
                visit,
                id,
                operator -> Question.plain(
                        "Sign " + operator.name() + " out?",
                        List.of(operator.email() + " is signed in in " + browsers
                                + (browsers == 1 ? " browser" : " browsers")
                                + ", and has to sign in again there. What they typed and did not send is lost."),
                        OPERATORS + id + "/sessions",
                        "Sign out everywhere",
                        OPERATORS + id));
    }

    @Post("/sessions")
    MutableHttpResponse<?> signOut(UUID id, Visit visit) {
        Optional<Operator> operator = operators.find(id);
        if (operator.isEmpty()) {
            return pages.notFound(visit, "operator");
        }
        sessions.endAll(id);
        acts.record(visit, "operator.sign-out", operator.get().email(), Map.of());
        return pages.go(visit, OPERATORS + id, Flash.done(operator.get().name() + " is signed out everywhere."));
    }

    private MutableHttpResponse<?> ask(Visit visit, UUID id, Function<Operator, Question> question) {
        return operators
                .find(id)
                .<MutableHttpResponse<?>>map(operator -> pages.ask(visit, "operators", question.apply(operator)))
                .orElseGet(() -> pages.notFound(visit, "operator"));
    }
}
