package io.belfry.core.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.belfry.core.database.JdbiFactory;
import io.belfry.testkit.HandClock;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(PostgresExtension.class)
class OperatorsTest {
    private static final String PASSWORD = "correct horse battery";
    private static final OperatorSettings SETTINGS = new OperatorSettings(
            3,
            Duration.ofMinutes(10),
            Duration.ofHours(2),
            Duration.ofHours(12),
            Duration.ofHours(72),
            4,
            SecondFactorPolicy.OPTIONAL,
            Duration.ofMinutes(5),
            null);

    private final HandClock clock = new HandClock(Instant.parse("2026-03-01T10:00:00Z"));
    private final Jdbi jdbi;
    private final Operators operators;
    private final OperatorSessions sessions;
    private final String email = "op-" + UUID.randomUUID() + "@example.com";

    OperatorsTest(TestDatabase database) {
        this.jdbi = JdbiFactory.jdbi(database.dataSource());
        this.operators = new Operators(jdbi, SETTINGS, clock);
        this.sessions = new OperatorSessions(jdbi, SETTINGS, clock);
    }

    @Test
    void acceptsTheRightPasswordWhateverTheCaseOfTheAddress() {
        create();
        assertThat(operators.authenticate(" " + email.toUpperCase(Locale.ROOT), PASSWORD))
                .isInstanceOfSatisfying(SignIn.Accepted.class, a -> {
                    assertThat(a.operator().role()).isEqualTo(Role.EDITOR);
                    assertThat(a.operator().lastSignInAt()).contains(clock.instant());
                });
    }

    @Test
    void keepsOnlyAHashOfThePassword() {
        create();
        String kept = jdbi.withHandle(h -> h.createQuery("select password_hash from operators where email = :e")
                .bind("e", email)
                .mapTo(String.class)
                .one());
        assertThat(kept).startsWith("$argon2id$").doesNotContain(PASSWORD);
    }

    @Test
    void refusesUnknownAccountsWrongPasswordsAndLongOnes() {
        create();
        assertThat(operators.authenticate("nobody@example.com", PASSWORD)).isEqualTo(new SignIn.Refused());
        assertThat(operators.authenticate(email, "wrong password")).isEqualTo(new SignIn.Refused());
        assertThat(operators.authenticate(email, "x".repeat(100_000))).isEqualTo(new SignIn.Refused());
    }

    @Test
    void locksAfterFailuresInARowEvenForTheRightPassword() {
        create();
        fail(3);
        assertThat(operators.authenticate(email, PASSWORD)).isInstanceOf(SignIn.Locked.class);
        clock.advance(SETTINGS.lockFor().plusSeconds(1));
        assertThat(operators.authenticate(email, PASSWORD)).isInstanceOf(SignIn.Accepted.class);
    }

    @Test
    void forgetsFailuresAfterASuccess() {
        create();
        fail(2);
        assertThat(operators.authenticate(email, PASSWORD)).isInstanceOf(SignIn.Accepted.class);
        fail(2);
        assertThat(operators.authenticate(email, PASSWORD)).isInstanceOf(SignIn.Accepted.class);
    }

    @Test
    void hasOneAccountAnAddress() {
        create();
        assertThat(operators.create(email, "Other", PASSWORD, Role.ADMIN)).isEmpty();
        assertThat(operators.find(email).orElseThrow().role()).isEqualTo(Role.EDITOR);
    }

    @Test
    void refusesShortPasswordsAndStrangeAddresses() {
        assertThatThrownBy(() -> operators.create(email, "A", "short", Role.ADMIN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("password");
        assertThatThrownBy(() -> operators.create("no address", "A", PASSWORD, Role.ADMIN))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("email");
    }

    @Test
    void aSessionLastsWhileUsedAndEndsWithItsLifetime() {
        String token = sessions.begin(create(), "10.0.0.1", "test");
        for (int hour = 0; hour < 11; hour++) {
            clock.advance(Duration.ofHours(1));
            assertThat(sessions.find(token)).isPresent();
        }
        clock.advance(Duration.ofHours(1));
        assertThat(sessions.find(token)).isEmpty();
    }

    @Test
    void aSessionEndsWhenUnusedSignedOutOrItsPasswordChanges() {
        Operator operator = create();
        String idle = sessions.begin(operator, "10.0.0.1", "test");
        clock.advance(SETTINGS.idleTimeout().plusSeconds(1));
        assertThat(sessions.find(idle)).isEmpty();

        String out = sessions.begin(operator, "10.0.0.1", "test");
        sessions.end(sessions.find(out).orElseThrow());
        assertThat(sessions.find(out)).isEmpty();

        String changed = sessions.begin(operator, "10.0.0.1", "test");
        assertThat(operators.setPassword(email, "another long password")).isTrue();
        assertThat(sessions.find(changed)).isEmpty();
    }

    @Test
    void knowsOnlyTheHashOfATokenAndRefusesForgedOnes() {
        String token = sessions.begin(create(), "10.0.0.1", "test");
        OperatorSession session = sessions.find(token).orElseThrow();
        assertThat(session.id()).doesNotContain(token);
        assertThat(sessions.find(session.id())).isEmpty();
        assertThat(sessions.find(token.substring(1) + "A")).isEmpty();
    }

    @Test
    void formTokensBelongToOneSession() {
        Operator operator = create();
        CsrfTokens one = session(operator).csrf();
        CsrfTokens other = session(operator).csrf();
        assertThat(one.isValid(one.mint())).isTrue();
        assertThat(one.mint()).isNotEqualTo(one.mint());
        assertThat(one.isValid(other.mint())).isFalse();
        assertThat(one.isValid(null)).isFalse();
        assertThat(one.isValid("not base64 ü")).isFalse();
    }

    @Test
    void theAuditLogIsSearchedNewestFirst() {
        AuditLog audit = new AuditLog(jdbi);
        audit.record(email, "template.publish", "order.shipped", "10.0.0.1", Map.of("version", "3"));
        audit.record(email, "template.save", "order.shipped", null, Map.of());
        audit.record(email, "broadcast.start", "b1", "10.0.0.1", Map.of());
        var found = audit.search(
                new AuditLog.Search(Optional.of(email), Optional.of("template."), OptionalLong.empty(), 10));
        assertThat(found).extracting(AuditEntry::action).containsExactly("template.save", "template.publish");
        assertThat(found.getLast().detail()).containsEntry("version", "3");
        assertThat(audit.search(new AuditLog.Search(
                        Optional.of(email),
                        Optional.empty(),
                        OptionalLong.of(found.getFirst().id()),
                        10)))
                .extracting(AuditEntry::action)
                .containsExactly("template.publish");
    }

    private OperatorSession session(Operator operator) {
        return sessions.find(sessions.begin(operator, "10.0.0.1", "test")).orElseThrow();
    }

    private Operator create() {
        return operators.create(email, "Ada", PASSWORD, Role.EDITOR).orElseThrow();
    }

    private void fail(int times) {
        for (int i = 0; i < times; i++) {
            operators.authenticate(email, "wrong password");
        }
    }
}
