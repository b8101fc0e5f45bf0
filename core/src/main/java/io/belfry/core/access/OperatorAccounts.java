package io.belfry.core.access;

import jakarta.inject.Singleton;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.generic.GenericType;

/// What administrators do with the accounts of operators. There is always an administrator who can sign in: the last
/// one can be neither disabled nor given another role, however many try at once. Thread-safe; blocks on the database.
@Singleton
public class OperatorAccounts {
    private final Jdbi jdbi;
    private final Operators operators;
    private final OperatorSettings settings;
    private final Clock clock;

    public OperatorAccounts(Jdbi jdbi, Operators operators, OperatorSettings settings, Clock clock) {
        this.jdbi = jdbi;
        this.operators = operators;
        this.settings = settings;
        this.clock = clock;
    }

    /// An account with a password that its owner has to change at once. The password is shown once and cannot be found
    /// again.
    public record Handed(Operator operator, String password) {
        @Override
        public String toString() {
            return "Handed[operator=" + operator + ", password=[REDACTED]]";
        }
    }

    /// What came of a change.
    public sealed interface Change {
        /// @param operator as it is now
        record Done(Operator operator) implements Change {}

        /// Nobody would be left who can manage operators; nothing was changed.
        record LastAdmin() implements Change {}

        record Unknown() implements Change {}
    }

    /// Adds an account.
    ///
    /// @return empty when the address has an account already
    /// @throws IllegalArgumentException when the address or the name is not acceptable, saying why
    public Optional<Handed> invite(String email, String name, Role role) {
        String password = SpokenSecret.mint();
        return operators
                .create(email, name, password, role)
                .map(operator -> new Handed(markOneTime(operator.id()), password));
    }

    /// Gives an account a new password. Its sessions are over, and it is unlocked.
    public Optional<Handed> resetPassword(UUID id) {
        String password = SpokenSecret.mint();
        return operators
                .find(id)
                .filter(operator -> operators.setPassword(operator.email(), password))
                .map(operator -> new Handed(markOneTime(id), password));
    }

    private Operator markOneTime(UUID id) {
        Instant until = clock.instant().plus(settings.oneTimePasswordLasts());
        return jdbi.withHandle(h -> h.createQuery(
                        "update operators set one_time_until = :until where id = :id returning " + Operators.COLUMNS)
                .bind("id", id)
                .bind("until", Timestamp.from(until))
                .map((row, c) -> Operators.operator(row))
                .one());
    }

    /// Changes an operator's own password, who has to know the old one. Wrong ones count like those of sign-ins.
    ///
    /// @param session stays; all others of that operator are over
    /// @return how the old password was taken
    /// @throws IllegalArgumentException when the new one is not acceptable, saying why
    public SignIn changeOwnPassword(OperatorSession session, String old, String chosen) {
        String hash = Operators.hash(chosen);
        SignIn result = operators.authenticate(session.operator().email(), old);
        if (result instanceof SignIn.Accepted || result instanceof SignIn.AwaitsCode) {
            jdbi.useTransaction(h -> {
                h.createUpdate("update operators set password_hash = :hash, one_time_until = null where id = :id")
                        .bind("hash", hash)
                        .bind("id", session.operator().id())
                        .execute();
                h.createUpdate(
                                "delete from operator_sessions where operator_id = :id and encode(token_hash, 'hex') <> :session")
                        .bind("id", session.operator().id())
                        .bind("session", session.id())
                        .execute();
            });
        }
        return result;
    }

    public Change changeRole(UUID id, Role role) {
        return change(id, role == Role.ADMIN, "role = '" + role.label() + "'");
    }

    /// Nobody can sign in with it any more, and its sessions are over.
    public Change disable(UUID id) {
        return change(id, false, "disabled_at = coalesce(disabled_at, now())");
    }

    public Change enable(UUID id) {
        return change(id, true, "disabled_at = null, failed_sign_ins = 0, locked_until = null");
    }

    private Change change(UUID id, boolean keepsAdmin, String set) {
        return jdbi.inTransaction(h -> {
            // All administrators and whom it is about are locked in one order: of two who remove each other, the second
            // sees what the first did. One who just ceased to be an administrator is still locked by those who looked
            // before that; locking it apart, after the others, would end in a deadlock with them.
            Map<UUID, Boolean> admins = h.createQuery("""
                            select id, role = 'admin' and disabled_at is null as admin from operators
                            where id = :id or role = 'admin' and disabled_at is null
                            order by id for no key update""")
                    .bind("id", id)
                    .setMapKeyColumn("id")
                    .setMapValueColumn("admin")
                    .collectInto(new GenericType<Map<UUID, Boolean>>() {});
            boolean others = admins.entrySet().stream()
                    .anyMatch(one -> one.getValue() && !one.getKey().equals(id));
            if (!keepsAdmin && admins.getOrDefault(id, false) && !others) {
                return new Change.LastAdmin();
            }
            Optional<Operator> now = h.createQuery(
                            "update operators set " + set + " where id = :id returning " + Operators.COLUMNS)
                    .bind("id", id)
                    .map((row, c) -> Operators.operator(row))
                    .findOne();
            now.filter(operator -> operator.disabledAt().isPresent()).ifPresent(operator -> endSessions(h, id));
            return now.<Change>map(Change.Done::new).orElseGet(Change.Unknown::new);
        });
    }

    private static void endSessions(Handle h, UUID id) {
        h.createUpdate("delete from operator_sessions where operator_id = :id")
                .bind("id", id)
                .execute();
        h.createUpdate("delete from operator_challenges where operator_id = :id")
                .bind("id", id)
                .execute();
    }
}
