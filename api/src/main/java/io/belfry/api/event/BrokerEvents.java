package io.belfry.api.event;

import io.belfry.api.problem.Problem;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/// The way in for events that a message broker brings: the same reading, checks and commit as for those that are
/// POSTed. Thread-safe; does not block.
@Singleton
public class BrokerEvents {
    private static final String STRUCTURED = "application/cloudevents+json";

    private final EventReader reader;
    private final CloudEventReader cloudEvents;
    private final Reception reception;

    BrokerEvents(EventReader reader, CloudEventReader cloudEvents, Reception reception) {
        this.reader = reader;
        this.cloudEvents = cloudEvents;
        this.reception = reception;
    }

    /// Whoever may write where the messages come from.
    ///
    /// @param id stands for it where an API key's would: idempotency keys are its own
    /// @param mayAddressEveryone whether its events may be for `everyone`
    public record Source(UUID id, boolean mayAddressEveryone) {}

    /// One message: an event in Belfry's form, or a CloudEvent, in structured mode by its content type or in binary
    /// mode by its attributes.
    ///
    /// @param contentType empty where there is none
    /// @param attributes those of a CloudEvent in binary mode by their names, without the broker's prefix; else
    /// empty
    /// @param key the idempotency key in the message's headers; CloudEvents have their own
    /// @param traceparent in the message's headers
    /// @param place where the broker has it, the same whenever it brings it again and no other message's: makes the
    ///     idempotency key of an event that has none
    public record Message(
            byte[] body,
            String contentType,
            Map<String, String> attributes,
            Optional<String> key,
            Optional<String> traceparent,
            String place) {}

    /// What became of a message.
    public sealed interface Result {
        /// Durable, now or since it came before.
        record Stored(UUID event, boolean isReplay) implements Result {}

        /// It will never be accepted as it is.
        record Refused(Problem problem) implements Result {}

        /// Not known to be durable: it may be brought again.
        record Unsettled(Problem problem) implements Result {}
    }

    /// @return what became of each, in their order
    public CompletableFuture<List<Result>> receive(Source source, List<Message> messages) {
        List<Item> items = messages.stream().map(this::item).toList();
        Caller caller = new Caller(source.id, source.mayAddressEveryone, false, Optional.empty(), Optional.empty());
        return reception.admit(items, caller).thenApply(outcomes -> outcomes.stream()
                .map(BrokerEvents::result)
                .toList());
    }

    private Item item(Message message) {
        Item item = read(message);
        if (item instanceof Item.Readable(Draft draft)) {
            draft.derivedKey("at " + message.place);
            message.traceparent.filter(Caller::isTraceparent).ifPresent(draft::traceparent);
        }
        return item;
    }

    private Item read(Message message) {
        if (!message.attributes.isEmpty()) {
            return cloudEvents.binary(message.attributes, message.contentType, message.body);
        }
        if (message.contentType.toLowerCase(Locale.ROOT).startsWith(STRUCTURED)) {
            return cloudEvents.structured(message.body);
        }
        Item item = reader.one(message.body);
        if (item instanceof Item.Readable(Draft draft)) {
            message.key.ifPresent(draft::headerKey);
        }
        return item;
    }

    private static Result result(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Accepted(UUID id, var at) -> new Result.Stored(id, false);
            case Outcome.Replayed(UUID id, var at) -> new Result.Stored(id, true);
            case Outcome.Refused(Problem problem) when isPassing(problem) -> new Result.Unsettled(problem);
            case Outcome.Refused(Problem problem) -> new Result.Refused(problem);
        };
    }

    /// Whether the same event may be answered otherwise a little later: its key is in use, or the database is away.
    private static boolean isPassing(Problem problem) {
        return problem.status() == 409 || problem.status() >= 500;
    }
}
