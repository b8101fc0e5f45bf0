package io.belfry.core.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.eatthepath.otp.TimeBasedOneTimePasswordGenerator;
import io.belfry.core.database.JdbiFactory;
import io.belfry.testkit.HandClock;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import javax.crypto.spec.SecretKeySpec;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(PostgresExtension.class)
class SecondFactorsTest {
    private static final String PASSWORD = "correct horse battery";

    private final HandClock clock = new HandClock(Instant.parse("2026-03-01T10:00:00Z"));
    private final OperatorSettings settings = settings("a key for tests");
    private final Jdbi jdbi;
    private final Operators operators;
    private final SecondFactors factors;
    private final Operator operator;

    SecondFactorsTest(TestDatabase database) {
        this.jdbi = JdbiFactory.jdbi(database.dataSource());
        this.operators = new Operators(jdbi, settings, clock);
        this.factors = new SecondFactors(jdbi, operators, new Seal(settings), clock);
        this.operator = operators
                .create(UUID.randomUUID() + "@example.com", "Ada", PASSWORD, Role.ADMIN)
                .orElseThrow();
    }

    private static OperatorSettings settings(String secretsKey) {
        return new OperatorSettings(
                3,
                Duration.ofMinutes(10),
                Duration.ofHours(2),
                Duration.ofHours(12),
                Duration.ofHours(72),
                4,
                SecondFactorPolicy.OPTIONAL,
                Duration.ofMinutes(5),
                secretsKey);
    }

    /// As the app of whoever scanned the code does.
    private String codeAt(Instant time) {
        byte[] secret =
                jdbi.withHandle(h -> h.createQuery("select secret from operator_second_factors where operator_id = :id")
                        .bind("id", operator.id())
                        .mapTo(byte[].class)
                        .one());
        var key = new SecretKeySpec(new Seal(settings).open(secret, operator.id()), "HmacSHA1");
        try {
            return new TimeBasedOneTimePasswordGenerator().generateOneTimePasswordString(key, time, Locale.ROOT);
        } catch (InvalidKeyException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<String> turnOn() {
        assertThat(factors.begin(operator.id())).isTrue();
        return factors.confirm(operator.id(), codeAt(clock.instant())).orElseThrow();
    }

    @Test
    void aSecretCountsOnceACodeOfItWasGiven() {
        factors.begin(operator.id());
        assertThat(factors.pending(operator)).isPresent();
        assertThat(operators.authenticate(operator.email(), PASSWORD)).isInstanceOf(SignIn.Accepted.class);
        assertThat(factors.confirm(operator.id(), "000000")).isEmpty();
        assertThat(factors.confirm(operator.id(), codeAt(clock.instant().minusSeconds(300))))
                .isEmpty();
        assertThat(factors.confirm(operator.id(), codeAt(clock.instant())))
                .get()
                .satisfies(codes ->
                        assertThat(codes).hasSize(SecondFactors.RECOVERY_CODES).doesNotHaveDuplicates());
        assertThat(factors.pending(operator)).as("never shown again").isEmpty();
        assertThat(factors.begin(operator.id())).as("not replaced in passing").isFalse();
        assertThat(operators.authenticate(operator.email(), PASSWORD)).isInstanceOf(SignIn.AwaitsCode.class);
    }

    @Test
    void aCodeCountsNearItsTimeAndOnce() {
        turnOn();
        String used = codeAt(clock.instant());
        assertThat(factors.check(operator.id(), used)).as("confirmed with it").isInstanceOf(CodeCheck.Refused.class);
        clock.advance(Duration.ofSeconds(60));
        String next = codeAt(clock.instant().plusSeconds(30));
        String now = codeAt(clock.instant());
        assertThat(factors.check(operator.id(), next.substring(0, 3) + " " + next.substring(3)))
                .as("a phone whose clock is half a minute ahead")
                .isInstanceOf(CodeCheck.Accepted.class);
        assertThat(factors.check(operator.id(), next)).as("again").isInstanceOf(CodeCheck.Refused.class);
        assertThat(factors.check(operator.id(), now))
                .as("an older one after it")
                .isInstanceOf(CodeCheck.Refused.class);
        clock.advance(Duration.ofSeconds(120));
        assertThat(factors.check(operator.id(), codeAt(clock.instant().minusSeconds(60))))
                .as("too old")
                .isInstanceOf(CodeCheck.Locked.class);
    }

    @Test
    void ofManyWhoGiveOneCodeAtTheSameTimeOneGetsIn() throws Exception {
        turnOn();
        clock.advance(Duration.ofMinutes(1));
        String code = codeAt(clock.instant());
        var results = new ArrayList<CodeCheck>();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < 3; i++) {
            threads.add(Thread.ofVirtual().start(() -> {
                CodeCheck result = factors.check(operator.id(), code);
                synchronized (results) {
                    results.add(result);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(results)
                .hasSize(3)
                .filteredOn(CodeCheck.Accepted.class::isInstance)
                .hasSize(1);
    }

    @Test
    void aRecoveryCodeCountsOnceHoweverItIsTyped() {
        List<String> codes = turnOn();
        String typed = codes.getFirst().toUpperCase(Locale.ROOT).replace("-", " ");
        assertThat(factors.check(operator.id(), typed))
                .isInstanceOfSatisfying(CodeCheck.Accepted.class, accepted -> assertThat(accepted.by())
                        .isEqualTo(CodeCheck.By.RECOVERY_CODE));
        assertThat(factors.check(operator.id(), typed)).isInstanceOf(CodeCheck.Refused.class);
        assertThat(factors.recoveryCodesLeft(operator.id())).isEqualTo(9);
        List<String> renewed = factors.renewRecoveryCodes(operator.id()).orElseThrow();
        assertThat(factors.check(operator.id(), codes.getLast())).isInstanceOf(CodeCheck.Refused.class);
        assertThat(factors.check(operator.id(), renewed.getLast())).isInstanceOf(CodeCheck.Accepted.class);
    }

    /// Or whoever has the password could forget failures with it, and try all codes.
    @Test
    void wrongCodesLockTheAccountAndTheRightPasswordForgetsNone() {
        turnOn();
        clock.advance(Duration.ofMinutes(1));
        for (int i = 0; i < 2; i++) {
            assertThat(factors.check(operator.id(), "000000")).isInstanceOf(CodeCheck.Refused.class);
            assertThat(operators.authenticate(operator.email(), PASSWORD)).isInstanceOf(SignIn.AwaitsCode.class);
        }
        assertThat(factors.check(operator.id(), "000000")).isInstanceOf(CodeCheck.Locked.class);
        assertThat(factors.check(operator.id(), codeAt(clock.instant()))).isInstanceOf(CodeCheck.Locked.class);
        assertThat(operators.authenticate(operator.email(), PASSWORD)).isInstanceOf(SignIn.Locked.class);
        clock.advance(Duration.ofMinutes(11));
        assertThat(factors.check(operator.id(), codeAt(clock.instant()))).isInstanceOf(CodeCheck.Accepted.class);
    }

    @Test
    void withoutItThePasswordIsEnoughAndNothingIsLeft() {
        List<String> codes = turnOn();
        assertThat(factors.remove(operator.id())).isTrue();
        assertThat(factors.remove(operator.id())).isFalse();
        assertThat(operators.authenticate(operator.email(), PASSWORD)).isInstanceOf(SignIn.Accepted.class);
        assertThat(factors.recoveryCodesLeft(operator.id())).isZero();
        assertThat(factors.check(operator.id(), codes.getFirst())).isInstanceOf(CodeCheck.Refused.class);
    }

    @Test
    void theDatabaseAloneTellsNoSecret() {
        byte[] secret = "twenty secret bytes!".getBytes(StandardCharsets.US_ASCII);
        UUID owner = UUID.randomUUID();
        Seal seal = new Seal(settings);
        byte[] kept = seal.close(secret, owner);
        assertThat(new String(kept, StandardCharsets.ISO_8859_1)).doesNotContain("twenty");
        assertThat(seal.open(kept, owner)).isEqualTo(secret);
        assertThatThrownBy(() -> seal.open(kept, UUID.randomUUID())).hasMessageContaining("not the one");
        assertThatThrownBy(() -> new Seal(settings("another")).open(kept, owner))
                .hasMessageContaining("not the one");
        assertThatThrownBy(() -> new Seal(settings(null)).open(kept, owner)).hasMessageContaining("is missing");
        byte[] plain = new Seal(settings(null)).close(secret, owner);
        assertThat(seal.open(plain, owner)).as("set up before there was a key").isEqualTo(secret);
        assertThat(settings.toString()).doesNotContain("a key for tests");
    }

    @Test
    void appsReadTheSecretInBase32() {
        var secret = new AppSecret("ada@example.com", "12345678901234567890".getBytes(StandardCharsets.US_ASCII));
        assertThat(secret.base32()).isEqualTo("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assertThat(secret.uri())
                .isEqualTo(
                        "otpauth://totp/Belfry:ada%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Belfry");
        assertThat(secret.toString()).doesNotContain("GEZD");
    }
}
