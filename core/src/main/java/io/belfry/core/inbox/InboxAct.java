package io.belfry.core.inbox;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// What a user does with some notifications. Those that are not the user's, or are so already, are left as they are.
public sealed interface InboxAct {
    /// How many one act may name.
    int MAX_IDS = 1000;
    /// How many one act may name that is told of each in full.
    int MAX_RETURNED = 100;

    List<UUID> ids();

    /// Opened.
    record Read(List<UUID> ids) implements InboxAct {}

    /// As if it had never been opened; it stays seen.
    record Unread(List<UUID> ids) implements InboxAct {}

    /// Out of the list, for good.
    record Archive(List<UUID> ids) implements InboxAct {}

    /// Back where it was in the list, read or not as it is.
    record Unarchive(List<UUID> ids) implements InboxAct {}

    /// Out of the list until then; it returns as a new one.
    record Snooze(List<UUID> ids, Instant until) implements InboxAct {
        public static final Duration LONGEST = Duration.ofDays(366);
        public static final String EXPECTED_TIME = "a time of ISO 8601 in the future, within a year";

        /// Reads what a client says.
        ///
        /// @return empty when it is not a time that fits
        public static Optional<Instant> time(String text, Instant now) {
            try {
                return Optional.of(OffsetDateTime.parse(text).toInstant())
                        .filter(until -> until.isAfter(now) && until.isBefore(now.plus(LONGEST)));
            } catch (DateTimeParseException e) {
                return Optional.empty();
            }
        }
    }

    /// Back where it was in the list before its time.
    record Unsnooze(List<UUID> ids) implements InboxAct {}

    /// Confirmed; it is read, too.
    record Acknowledge(List<UUID> ids) implements InboxAct {}
}
