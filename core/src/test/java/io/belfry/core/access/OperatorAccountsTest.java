package io.belfry.core.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.core.database.JdbiFactory;
import io.belfry.testkit.HandClock;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(PostgresExtension.class)
class OperatorAccountsTest {
    private static final String PASSWORD = "correct horse battery";
    private static final OperatorSettings SETTINGS = new OperatorSettings(
            3,
            Duration.ofMinutes(10),
            Duration.ofDays(9),
            Duration.ofDays(9),
            Duration.ofHours(72),
            4,
            SecondFactorPolicy.OPTIONAL,
            Duration.ofMinutes(5),
            null);

    private final HandClock clock = new HandClock(Instant.parse("2026-03-01T12:00:00Z"));
    private final Jdbi jdbi;
    private final Operators operators;
    private final OperatorSessions sessions;
    private final OperatorAccounts accounts;

    OperatorAccountsTest(TestDatabase database) {
        this.jdbi = JdbiFactory.jdbi(database.dataSource());
        this.operators = new Operators(jdbi, SETTINGS, clock);
        this.sessions = new OperatorSessions(jdbi, SETTINGS, clock);
        this.accounts = new OperatorAccounts(jdbi, operators, SETTINGS, clock);
    }

    @BeforeEach
    void nobodyIsThere() {
        jdbi.useHandle(h -> h.execute("delete from operators"));
    }

    @Test
    void theLastAdminCanBeNeitherDisabledNorDemoted() {
        Operator admin = operator(Role.ADMIN);
        Operator editor = operator(Role.EDITOR);
        assertThat(accounts.disable(admin.id())).isEqualTo(new OperatorAccounts.Change.LastAdmin());
        assertThat(accounts.changeRole(admin.id(), Role.BROADCASTER))
                .isEqualTo(new OperatorAccounts.Change.LastAdmin());
        assertThat(accounts.changeRole(admin.id(), Role.ADMIN)).isInstanceOf(OperatorAccounts.Change.Done.class);
        assertThat(accounts.changeRole(editor.id(), Role.ADMIN)).isInstanceOf(OperatorAccounts.Change.Done.class);
        assertThat(accounts.disable(admin.id())).isInstanceOf(OperatorAccounts.Change.Done.class);
        assertThat(accounts.disable(editor.id()))
                .as("a disabled administrator does not count")
                .isEqualTo(new OperatorAccounts.Change.LastAdmin());
    }

    @Test
    void adminsWhoRemoveEachOtherAtOnceLeaveOne() throws Exception {
        List<Operator> admins = List.of(operator(Role.ADMIN), operator(Role.ADMIN), operator(Role.ADMIN));
        for (int round = 0; round < 200; round++) {
            jdbi.useHandle(h -> h.execute("update operators set role = 'admin', disabled_at = null"));
            var removals = new ArrayList<Callable<OperatorAccounts.Change>>();
            for (Operator admin : admins) {
                removals.add(() -> accounts.disable(admin.id()));
                removals.add(() -> accounts.changeRole(admin.id(), Role.VIEWER));
            }
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (var result : threads.invokeAll(removals)) {
                    result.get();
                }
            }
            assertThat(operators.list())
                    .filteredOn(o -> o.role() == Role.ADMIN && o.disabledAt().isEmpty())
                    .hasSize(1);
        }
    }

    @Test
    void whoIsDisabledIsSignedOutAndStaysOut() {
        operator(Role.ADMIN);
        Operator operator = operator(Role.EDITOR);
        String token = sessions.begin(operator, "127.0.0.1", "test");
        accounts.disable(operator.id());
        assertThat(sessions.list(operator.id())).isEmpty();
        assertThat(operators.authenticate(operator.email(), PASSWORD)).isEqualTo(new SignIn.Refused());
        accounts.enable(operator.id());
        assertThat(sessions.find(token))
                .as("the old session does not come back")
                .isEmpty();
        assertThat(operators.authenticate(operator.email(), PASSWORD)).isInstanceOf(SignIn.Accepted.class);
    }

    @Test
    void aOneTimePasswordOpensForAWhileUntilAnotherIsChosen() {
        OperatorAccounts.Handed handed = accounts.invite(
                        "new-" + UUID.randomUUID() + "@example.com", "New", Role.EDITOR)
                .orElseThrow();
        String email = handed.operator().email();
        assertThat(handed.password()).matches("([a-z2-9]{4}-){3}[a-z2-9]{4}");
        assertThat(handed.toString()).doesNotContain(handed.password());
        assertThat(operators.authenticate(email, handed.password()))
                .isInstanceOfSatisfying(
                        SignIn.Accepted.class,
                        a -> assertThat(a.operator().oneTimeUntil()).isPresent());
        clock.advance(Duration.ofHours(73));
        assertThat(operators.authenticate(email, handed.password())).isEqualTo(new SignIn.Refused());

        OperatorAccounts.Handed again =
                accounts.resetPassword(handed.operator().id()).orElseThrow();
        OperatorSession session = session(email, again.password());
        assertThat(accounts.changeOwnPassword(session, again.password(), PASSWORD))
                .isInstanceOf(SignIn.Accepted.class);
        clock.advance(Duration.ofHours(73));
        assertThat(operators.authenticate(email, PASSWORD))
                .isInstanceOfSatisfying(
                        SignIn.Accepted.class,
                        a -> assertThat(a.operator().oneTimeUntil()).isEmpty());
    }

    @Test
    void anOwnPasswordIsChangedByWhoKnowsTheOldOneAndEndsTheOtherSessions() {
        Operator operator = operator(Role.EDITOR);
        String other = sessions.begin(operator, "127.0.0.1", "other");
        OperatorSession session = session(operator.email(), PASSWORD);
        assertThat(accounts.changeOwnPassword(session, "wrong password", "another good one"))
                .isEqualTo(new SignIn.Refused());
        assertThat(sessions.find(other)).isPresent();
        assertThat(accounts.changeOwnPassword(session, PASSWORD, "another good one"))
                .isInstanceOf(SignIn.Accepted.class);
        assertThat(sessions.find(other)).isEmpty();
        assertThat(sessions.list(operator.id()))
                .extracting(OperatorSessions.Line::id)
                .containsExactly(session.id());
        assertThat(operators.authenticate(operator.email(), "another good one")).isInstanceOf(SignIn.Accepted.class);
    }

    @Test
    void guessingTheOldPasswordLocksLikeSigningIn() {
        Operator operator = operator(Role.EDITOR);
        OperatorSession session = session(operator.email(), PASSWORD);
        for (int i = 0; i < 3; i++) {
            accounts.changeOwnPassword(session, "wrong password", "another good one");
        }
        assertThat(accounts.changeOwnPassword(session, PASSWORD, "another good one"))
                .isInstanceOf(SignIn.Locked.class);
    }

    @Test
    void aResetEndsTheSessionsAndTheOldPassword() {
        Operator operator = operator(Role.EDITOR);
        String token = sessions.begin(operator, "127.0.0.1", "test");
        accounts.resetPassword(operator.id());
        assertThat(sessions.find(token)).isEmpty();
        assertThat(operators.authenticate(operator.email(), PASSWORD)).isEqualTo(new SignIn.Refused());
        assertThat(accounts.resetPassword(UUID.randomUUID())).isEmpty();
    }

    private OperatorSession session(String email, String password) {
        SignIn.Accepted accepted = (SignIn.Accepted) operators.authenticate(email, password);
        return sessions.find(sessions.begin(accepted.operator(), "127.0.0.1", "test"))
                .orElseThrow();
    }

    private Operator operator(Role role) {
        return operators
                .create("op-" + UUID.randomUUID() + "@example.com", "Op", PASSWORD, role)
                .orElseThrow();
    }
}
