package io.belfry.core.access;

import com.eatthepath.otp.TimeBasedOneTimePasswordGenerator;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.crypto.spec.SecretKeySpec;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/// What operators prove beside their password: codes of six digits by an app (RFC 6238: SHA-1, 30 s, as all apps know
/// them), or a recovery code. A code counts from half a minute before its time until half a minute after it, and
/// once. Thread-safe; blocks on the database.
@Singleton
public class SecondFactors {
    /// How many recovery codes one gets.
    public static final int RECOVERY_CODES = 10;

    private static final int SECRET_BYTES = 20;
    private static final int TOLERATED_STEPS = 1;
    private static final Pattern CODE = Pattern.compile("\\d{6}");
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Jdbi jdbi;
    private final Operators operators;
    private final Seal seal;
    private final Clock clock;
    private final TimeBasedOneTimePasswordGenerator totp = new TimeBasedOneTimePasswordGenerator();

    SecondFactors(Jdbi jdbi, Operators operators, Seal seal, Clock clock) {
        this.jdbi = jdbi;
        this.operators = operators;
        this.seal = seal;
        this.clock = clock;
    }

    /// Makes a secret for an app, which counts once a code of it was given. One that was made before is forgotten.
    ///
    /// @return false when the operator has a second factor already
    public boolean begin(UUID operator) {
        byte[] secret = new byte[SECRET_BYTES];
        RANDOM.nextBytes(secret);
        return jdbi.inTransaction(h -> {
            if (isOn(h, operator)) {
                return false;
            }
            h.createUpdate("insert into operator_second_factors (operator_id, secret) values (:id, :secret)"
                            + " on conflict (operator_id) do update set secret = excluded.secret, last_step = 0")
                    .bind("id", operator)
                    .bind("secret", seal.close(secret, operator))
                    .execute();
            return true;
        });
    }

    /// The secret that waits to be confirmed.
    public Optional<AppSecret> pending(Operator operator) {
        return jdbi.withHandle(h -> isOn(h, operator.id())
                ? Optional.empty()
                : secret(h, operator.id()).map(secret -> new AppSecret(operator.email(), secret)));
    }

    /// Asks for a second factor at each sign-in from now on, since the app shows the right code.
    ///
    /// @return the recovery codes, which cannot be found again; empty when that is not the code, or nothing waits
    public Optional<List<String>> confirm(UUID operator, String code) {
        return jdbi.inTransaction(h -> {
            if (isOn(h, operator) || !takesCode(h, operator, code)) {
                return Optional.empty();
            }
            h.createUpdate("update operators set second_factor_since = :now where id = :id")
                    .bind("now", Timestamp.from(clock.instant()))
                    .bind("id", operator)
                    .execute();
            return Optional.of(newCodes(h, operator));
        });
    }

    /// Checks the code of an app, or a recovery code. Failures count like wrong passwords; a success forgets them.
    public CodeCheck check(UUID operator, String code) {
        // The operator's row is held until it is counted, so that tries at the same time come one after the other.
        return jdbi.inTransaction(h -> {
            Optional<Operator> found =
                    hold(h, operator).filter(o -> o.disabledAt().isEmpty());
            if (found.isEmpty() || found.get().secondFactorSince().isEmpty()) {
                return new CodeCheck.Refused();
            }
            Optional<Instant> locked = found.get().lockedUntil().filter(clock.instant()::isBefore);
            if (locked.isPresent()) {
                return new CodeCheck.Locked(locked.get());
            }
            if (takesCode(h, operator, code)) {
                return new CodeCheck.Accepted(Operators.signedIn(h, operator, clock.instant()), CodeCheck.By.APP);
            }
            if (takesRecoveryCode(h, operator, code)) {
                return new CodeCheck.Accepted(
                        Operators.signedIn(h, operator, clock.instant()), CodeCheck.By.RECOVERY_CODE);
            }
            return operators
                    .failed(h, operator)
                    .<CodeCheck>map(CodeCheck.Locked::new)
                    .orElseGet(CodeCheck.Refused::new);
        });
    }

    /// Asks for the password alone from now on.
    ///
    /// @return false when there was no second factor
    public boolean remove(UUID operator) {
        return jdbi.inTransaction(h -> {
            boolean was = h.createUpdate("update operators set second_factor_since = null"
                                    + " where id = :id and second_factor_since is not null")
                            .bind("id", operator)
                            .execute()
                    > 0;
            h.createUpdate("delete from operator_second_factors where operator_id = :id")
                    .bind("id", operator)
                    .execute();
            h.createUpdate("delete from operator_recovery_codes where operator_id = :id")
                    .bind("id", operator)
                    .execute();
            h.createUpdate("delete from operator_challenges where operator_id = :id")
                    .bind("id", operator)
                    .execute();
            return was;
        });
    }

    /// Gives new recovery codes; the old ones stop working.
    ///
    /// @return empty when the operator has no second factor
    public Optional<List<String>> renewRecoveryCodes(UUID operator) {
        return jdbi.inTransaction(h -> isOn(h, operator) ? Optional.of(newCodes(h, operator)) : Optional.empty());
    }

    public int recoveryCodesLeft(UUID operator) {
        return jdbi.withHandle(
                h -> h.createQuery("select count(*) from operator_recovery_codes where operator_id = :id")
                        .bind("id", operator)
                        .mapTo(Integer.class)
                        .one());
    }

    private static Optional<Operator> hold(Handle h, UUID operator) {
        return h.createQuery("select " + Operators.COLUMNS + " from operators where id = :id for no key update")
                .bind("id", operator)
                .map((row, c) -> Operators.operator(row))
                .findOne();
    }

    private static boolean isOn(Handle h, UUID operator) {
        return hold(h, operator).flatMap(Operator::secondFactorSince).isPresent();
    }

    private Optional<byte[]> secret(Handle h, UUID operator) {
        return h.createQuery("select secret from operator_second_factors where operator_id = :id")
                .bind("id", operator)
                .mapTo(byte[].class)
                .findOne()
                .map(kept -> seal.open(kept, operator));
    }

    /// Takes it away with the same statement that finds it unused, so that of two who give it one gets in.
    private boolean takesCode(Handle h, UUID operator, String typed) {
        String code = typed.replaceAll("\\s", "");
        OptionalLong step = CODE.matcher(code).matches()
                ? secret(h, operator).map(secret -> step(secret, code)).orElse(OptionalLong.empty())
                : OptionalLong.empty();
        return step.isPresent()
                && h.createUpdate("update operator_second_factors set last_step = :step"
                                        + " where operator_id = :id and last_step < :step")
                                .bind("step", step.getAsLong())
                                .bind("id", operator)
                                .execute()
                        == 1;
    }

    /// The time step whose code it is; all are looked at, so that time tells nothing.
    private OptionalLong step(byte[] secret, String code) {
        var key = new SecretKeySpec(secret, totp.getAlgorithm());
        long length = totp.getTimeStep().toMillis();
        long now = clock.millis() / length;
        OptionalLong found = OptionalLong.empty();
        for (long step = now - TOLERATED_STEPS; step <= now + TOLERATED_STEPS; step++) {
            if (MessageDigest.isEqual(bytes(code), bytes(codeAt(key, Instant.ofEpochMilli(step * length))))) {
                found = OptionalLong.of(step);
            }
        }
        return found;
    }

    private String codeAt(SecretKeySpec key, Instant time) {
        try {
            return totp.generateOneTimePasswordString(key, time, Locale.ROOT);
        } catch (InvalidKeyException e) {
            throw new IllegalStateException("a secret that is no key", e);
        }
    }

    private static boolean takesRecoveryCode(Handle h, UUID operator, String typed) {
        return h.createUpdate("delete from operator_recovery_codes where operator_id = :id and code_hash = :hash")
                        .bind("id", operator)
                        .bind("hash", sha256(SpokenSecret.normal(typed)))
                        .execute()
                == 1;
    }

    private static List<String> newCodes(Handle h, UUID operator) {
        List<String> codes =
                Stream.generate(SpokenSecret::mint).limit(RECOVERY_CODES).toList();
        h.createUpdate("delete from operator_recovery_codes where operator_id = :id")
                .bind("id", operator)
                .execute();
        var batch = h.prepareBatch("insert into operator_recovery_codes (operator_id, code_hash) values (:id, :hash)");
        codes.forEach(
                code -> batch.bind("id", operator).bind("hash", sha256(code)).add());
        batch.execute();
        return codes;
    }

    private static byte[] sha256(String code) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes(code));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
