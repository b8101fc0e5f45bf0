package io.belfry.core.deadletter;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.jdbi.v3.core.statement.SqlStatement;

/// Which dead letters are meant; empty parts do not narrow.
///
/// @param subject the event or the notification
/// @param reason its beginning
/// @param from not before this moment
/// @param to before this moment
/// @param upTo none that came after the letter of this id, so that what is done is what was previewed
public record DeadLetterFilter(
        Optional<DeadLetter.Kind> kind,
        Optional<UUID> subject,
        Optional<String> user,
        Optional<String> type,
        Optional<String> reason,
        Optional<Instant> from,
        Optional<Instant> to,
        OptionalLong upTo) {
    public static final DeadLetterFilter ALL = new DeadLetterFilter(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            OptionalLong.empty());

    /// For the row `d` of a dead letter, and the rows `e` and `n` of its event or notification.
    String condition() {
        return "true"
                + (kind.isPresent() ? " and d.kind = :kind" : "")
                + (subject.isPresent() ? " and d.subject_id = :subject" : "")
                + (user.isPresent() ? " and d.user_id = :user" : "")
                + (type.isPresent() ? " and coalesce(e.type, n.type) = :type" : "")
                + (reason.isPresent() ? " and starts_with(d.reason, :reason)" : "")
                + (from.isPresent() ? " and d.at >= cast(:from as timestamptz)" : "")
                + (to.isPresent() ? " and d.at < cast(:to as timestamptz)" : "")
                + (upTo.isPresent() ? " and d.id <= :upTo" : "");
    }

    <T extends SqlStatement<T>> T bind(T statement) {
        kind.ifPresent(k -> statement.bind("kind", k.label()));
        subject.ifPresent(s -> statement.bind("subject", s));
        user.ifPresent(u -> statement.bind("user", u));
        type.ifPresent(t -> statement.bind("type", t));
        reason.ifPresent(r -> statement.bind("reason", r));
        from.ifPresent(f -> statement.bind("from", f.toString()));
        to.ifPresent(t -> statement.bind("to", t.toString()));
        upTo.ifPresent(id -> statement.bind("upTo", id));
        return statement;
    }
}
