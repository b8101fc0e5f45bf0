package io.belfry.core.access;

import jakarta.inject.Singleton;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/// The accounts of operators. Passwords are kept as Argon2id hashes. Thread-safe; blocks on the database, and a check
/// of a password takes a core for a quarter of a second (see [Passwords]).
@Singleton
public class Operators {
    private static final Pattern EMAIL = Pattern.compile("[^@\\s\\p{Cntrl}]{1,64}@[^@\\s\\p{Cntrl}]{1,190}");
    private static final int MAX_NAME = 100;
    static final String COLUMNS =
            "id, email, name, role, created_at, last_sign_in_at, one_time_until, locked_until, disabled_at,"
                    + " second_factor_since";

    private final Jdbi jdbi;
    private final OperatorSettings settings;
    private final Clock clock;
    private final Semaphore checks;

    public Operators(Jdbi jdbi, OperatorSettings settings, Clock clock) {
        this.jdbi = jdbi;
        this.settings = settings;
        this.clock = clock;
        this.checks = new Semaphore(settings.concurrentChecks());
    }

    /// Adds an account.
    ///
    /// @param email in any case; kept in lower case
    /// @return empty when the address has an account already
    /// @throws IllegalArgumentException when the address, the name or the password is not acceptable, saying why
    public Optional<Operator> create(String email, String name, String password, Role role) {
        String address = normal(email);
        if (!EMAIL.matcher(address).matches()) {
            throw new IllegalArgumentException("email: " + email + " (expected: name@domain)");
        }
        if (name.isBlank() || name.length() > MAX_NAME) {
            throw new IllegalArgumentException("name: " + name.length() + " characters (expected: 1 to 100)");
        }
        return jdbi.withHandle(h -> h.createQuery("insert into operators (email, name, password_hash, role)"
                        + " values (:email, :name, :hash, :role) on conflict do nothing returning " + COLUMNS)
                .bind("email", address)
                .bind("name", name.strip())
                .bind("hash", hash(password))
                .bind("role", role.label())
                .map((row, c) -> operator(row))
                .findOne());
    }

    /// Gives an account a new password and unlocks it. Its sessions are over.
    ///
    /// @return false when there is no such account
    /// @throws IllegalArgumentException when the password is not acceptable
    public boolean setPassword(String email, String password) {
        return jdbi.inTransaction(h -> {
            Optional<UUID> id = h.createQuery("update operators set password_hash = :hash, failed_sign_ins = 0,"
                            + " locked_until = null, one_time_until = null where email = :email returning id")
                    .bind("hash", hash(password))
                    .bind("email", normal(email))
                    .mapTo(UUID.class)
                    .findOne();
            id.ifPresent(operator -> {
                h.createUpdate("delete from operator_sessions where operator_id = :id")
                        .bind("id", operator)
                        .execute();
                h.createUpdate("delete from operator_challenges where operator_id = :id")
                        .bind("id", operator)
                        .execute();
            });
            return id.isPresent();
        });
    }

    public Optional<Operator> find(String email) {
        return jdbi.withHandle(h -> h.createQuery("select " + COLUMNS + " from operators where email = :email")
                .bind("email", normal(email))
                .map((row, c) -> operator(row))
                .findOne());
    }

    public Optional<Operator> find(UUID id) {
        return jdbi.withHandle(h -> h.createQuery("select " + COLUMNS + " from operators where id = :id")
                .bind("id", id)
                .map((row, c) -> operator(row))
                .findOne());
    }

    /// All accounts by address, disabled ones too.
    public List<Operator> list() {
        return jdbi.withHandle(h -> h.createQuery("select " + COLUMNS + " from operators order by email")
                .map((row, c) -> operator(row))
                .list());
    }

    /// Checks a password. Failures in a row lock the account for a while; a success forgets them.
    public SignIn authenticate(String email, String password) {
        if (!checks.tryAcquire()) {
            return new SignIn.Busy();
        }
        try {
            return check(normal(email), password);
        } finally {
            checks.release();
        }
    }

    private SignIn check(String email, String password) {
        Optional<Account> account = account(email).filter(this::isUsable);
        if (account.isEmpty() || password.length() > Passwords.MAX_LENGTH) {
            Passwords.matchNobody(password.substring(0, Math.min(password.length(), Passwords.MAX_LENGTH)));
            return new SignIn.Refused();
        }
        Operator operator = account.get().operator();
        Optional<Instant> locked = operator.lockedUntil().filter(clock.instant()::isBefore);
        if (locked.isPresent()) {
            Passwords.matchNobody(password);
            return new SignIn.Locked(locked.get());
        }
        if (Passwords.matches(password, account.get().passwordHash())) {
            // Or who knows the password could forget failures with it, and try codes for ever.
            return operator.secondFactorSince().isPresent()
                    ? new SignIn.AwaitsCode(operator)
                    : new SignIn.Accepted(jdbi.withHandle(h -> signedIn(h, operator.id(), clock.instant())));
        }
        return jdbi.withHandle(h -> failed(h, operator.id()))
                .<SignIn>map(SignIn.Locked::new)
                .orElseGet(SignIn.Refused::new);
    }

    private boolean isUsable(Account account) {
        Operator operator = account.operator();
        return operator.disabledAt().isEmpty()
                && operator.oneTimeUntil()
                        .filter(until -> until.isBefore(clock.instant()))
                        .isEmpty();
    }

    private record Account(Operator operator, String passwordHash) {}

    private Optional<Account> account(String email) {
        return jdbi.withHandle(
                h -> h.createQuery("select " + COLUMNS + ", password_hash from operators where email = :email")
                        .bind("email", email)
                        .map((row, c) -> new Account(operator(row), row.getString("password_hash")))
                        .findOne());
    }

    /// Forgets failures.
    static Operator signedIn(Handle h, UUID id, Instant now) {
        return h.createQuery("update operators set failed_sign_ins = 0, locked_until = null, last_sign_in_at = :now"
                        + " where id = :id returning " + COLUMNS)
                .bind("now", Timestamp.from(now))
                .bind("id", id)
                .map((row, c) -> operator(row))
                .one();
    }

    /// Counted in the statement, so that tries at the same time all count.
    ///
    /// @return until when the account is locked, if it is now
    Optional<Instant> failed(Handle h, UUID id) {
        return h.createQuery("""
                        update operators set
                            failed_sign_ins = case when failed_sign_ins + 1 >= :max then 0 else failed_sign_ins + 1 end,
                            locked_until = case when failed_sign_ins + 1 >= :max then cast(:until as timestamptz) end
                        where id = :id returning
                        """ + COLUMNS)
                .bind("max", settings.maxFailures())
                .bind("until", Timestamp.from(clock.instant().plus(settings.lockFor())))
                .bind("id", id)
                .map((row, c) -> operator(row))
                .one()
                .lockedUntil();
    }

    static String hash(String password) {
        if (password.length() < Passwords.MIN_LENGTH || password.length() > Passwords.MAX_LENGTH) {
            throw new IllegalArgumentException("password: " + password.length() + " characters (expected: "
                    + Passwords.MIN_LENGTH + " to " + Passwords.MAX_LENGTH + ")");
        }
        return Passwords.hash(password);
    }

    private static String normal(String email) {
        return email.strip().toLowerCase(Locale.ROOT);
    }

    static Operator operator(ResultSet row) throws SQLException {
        return new Operator(
                row.getObject("id", UUID.class),
                row.getString("email"),
                row.getString("name"),
                Role.ofLabel(row.getString("role")).orElseThrow(),
                row.getTimestamp("created_at").toInstant(),
                Optional.ofNullable(row.getTimestamp("last_sign_in_at")).map(Timestamp::toInstant),
                Optional.ofNullable(row.getTimestamp("one_time_until")).map(Timestamp::toInstant),
                Optional.ofNullable(row.getTimestamp("locked_until")).map(Timestamp::toInstant),
                Optional.ofNullable(row.getTimestamp("disabled_at")).map(Timestamp::toInstant),
                Optional.ofNullable(row.getTimestamp("second_factor_since")).map(Timestamp::toInstant));
    }
}
