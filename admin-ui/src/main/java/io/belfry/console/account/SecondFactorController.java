package io.belfry.console.account;

import io.belfry.console.Acts;
import io.belfry.console.Flash;
import io.belfry.console.Needs;
import io.belfry.console.Pages;
import io.belfry.console.Visit;
import io.belfry.core.access.AppSecret;
import io.belfry.core.access.OperatorSessions;
import io.belfry.core.access.OperatorSettings;
import io.belfry.core.access.Operators;
import io.belfry.core.access.Role;
import io.belfry.core.access.SecondFactorPolicy;
import io.belfry.core.access.SecondFactors;
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
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// An operator's own second factor: set up with a code of the app, taken away with the password. Recovery codes are
/// shown once, on the page that answers.
@Controller("/console/account/second-factor")
@Secured(SecurityRule.IS_ANONYMOUS)
@Produces(MediaType.TEXT_HTML)
@Consumes(MediaType.APPLICATION_FORM_URLENCODED)
@ExecuteOn(TaskExecutors.BLOCKING)
@Needs(value = Role.VIEWER, evenWithoutSecondFactor = true)
final class SecondFactorController {
    private static final String PATH = "/console/account/second-factor";
    private static final String VIEW = "account/second-factor";

    private final Pages pages;
    private final SecondFactors factors;
    private final Operators operators;
    private final OperatorSessions sessions;
    private final OperatorSettings settings;
    private final Acts acts;

    SecondFactorController(
            Pages pages,
            SecondFactors factors,
            Operators operators,
            OperatorSessions sessions,
            OperatorSettings settings,
            Acts acts) {
        this.pages = pages;
        this.factors = factors;
        this.operators = operators;
        this.sessions = sessions;
        this.settings = settings;
        this.acts = acts;
    }

    /// @param since when it was set up; null while there is none
    /// @param secret what waits to be confirmed, for those who type it; null where nothing waits
    /// @param required whether everybody has to have one
    /// @param problem what went wrong, or null
    record FactorModel(Instant since, int codesLeft, String secret, QrSquares qr, boolean required, String problem) {}

    /// @param codes the recovery codes, this once
    /// @param first whether the second factor was set up just now
    record CodesModel(List<String> codes, boolean first) {}

    @Get
    MutableHttpResponse<?> page(Visit visit) {
        return pages.show(visit, VIEW, model(visit, null));
    }

    private FactorModel model(Visit visit, String problem) {
        Optional<Instant> since = visit.operator().secondFactorSince();
        Optional<AppSecret> waits = since.isPresent() ? Optional.empty() : factors.pending(visit.operator());
        return new FactorModel(
                since.orElse(null),
                since.isPresent() ? factors.recoveryCodesLeft(visit.operator().id()) : 0,
                waits.map(AppSecret::base32)
                        .map(text -> text.replaceAll("(.{4})(?!$)", "$1 "))
                        .orElse(null),
                waits.map(AppSecret::uri).map(QrSquares::of).orElse(null),
                settings.secondFactor() == SecondFactorPolicy.REQUIRED,
                problem);
    }

    @Post("/begin")
    MutableHttpResponse<?> begin(Visit visit) {
        return factors.begin(visit.operator().id())
                ? pages.go(visit, PATH, Flash.done("Scan the code with your app, then type what the app shows."))
                : pages.go(visit, PATH, Flash.failed("You have a second factor already."));
    }

    @Post("/confirm")
    MutableHttpResponse<?> confirm(Visit visit) {
        Optional<List<String>> codes =
                factors.confirm(visit.operator().id(), visit.form().text("code"));
        if (codes.isEmpty()) {
            return pages.refuse(
                    visit,
                    VIEW,
                    model(visit, "That is not the code. Is the clock of your phone right? Type the next one."));
        }
        sessions.endOthers(visit.session());
        acts.record(visit, "operator.second-factor", visit.operator().email(), Map.of());
        return pages.show(visit, "account/recovery-codes", new CodesModel(codes.get(), true));
    }

    @Post("/codes")
    MutableHttpResponse<?> renew(Visit visit) {
        Optional<String> problem = password(visit);
        Optional<List<String>> codes = problem.isPresent()
                ? Optional.empty()
                : factors.renewRecoveryCodes(visit.operator().id());
        if (codes.isEmpty()) {
            return pages.refuse(visit, VIEW, model(visit, problem.orElse("You have no second factor.")));
        }
        acts.record(visit, "operator.recovery-codes", visit.operator().email(), Map.of());
        return pages.show(visit, "account/recovery-codes", new CodesModel(codes.get(), false));
    }

    @Post("/remove")
    MutableHttpResponse<?> remove(Visit visit) {
        Optional<String> problem = password(visit);
        if (problem.isPresent()) {
            return pages.refuse(visit, VIEW, model(visit, problem.get()));
        }
        if (factors.remove(visit.operator().id())) {
            acts.record(visit, "operator.second-factor-off", visit.operator().email(), Map.of());
        }
        return pages.go(visit, PATH, Flash.done("Your password alone signs you in now."));
    }

    /// What is wrong with the password that was typed. It counts like those of sign-ins.
    private Optional<String> password(Visit visit) {
        return switch (operators.authenticate(
                visit.operator().email(), visit.form().raw("password"))) {
            case SignIn.Accepted accepted -> Optional.empty();
            case SignIn.AwaitsCode awaitsCode -> Optional.empty();
            case SignIn.Refused refused -> refused(visit, "That is not your password.");
            case SignIn.Locked locked ->
                refused(visit, "Too many wrong passwords: your account is locked for a while.");
            case SignIn.Busy busy -> Optional.of("Many people are signing in. Try again in a moment.");
        };
    }

    private Optional<String> refused(Visit visit, String problem) {
        acts.record(visit, "operator.password-refused", visit.operator().email(), Map.of());
        return Optional.of(problem);
    }
}
