package io.belfry.core.event;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// A validated event on its way into the [EventLog].
///
/// @param id minted by the server, see [EventId]
/// @param idempotencyKey the caller's; the same key from the same API key gives the first answer again
/// @param bodyHash SHA-256 over what makes two requests equal; another body under a known key is a conflict
/// @param lane where it queues, see [Lanes]
/// @param topic its followers are recipients too
/// @param actor the person who caused it, who is not notified
/// @param data a JSON object as UTF-16 text, compact (it holds no raw newline)
/// @param traceparent W3C trace context of the request
public record NewEvent(
        UUID id,
        UUID apiKeyId,
        Optional<String> idempotencyKey,
        byte[] bodyHash,
        int lane,
        String type,
        String category,
        Priority priority,
        List<String> recipients,
        Optional<String> topic,
        Optional<String> actor,
        String data,
        Optional<String> traceparent,
        EventOptions options) {
    /// One that asks nothing of its delivery.
    public NewEvent(
            UUID id,
            UUID apiKeyId,
            Optional<String> idempotencyKey,
            byte[] bodyHash,
            int lane,
            String type,
            String category,
            Priority priority,
            List<String> recipients,
            Optional<String> topic,
            Optional<String> actor,
            String data,
            Optional<String> traceparent) {
        this(
                id,
                apiKeyId,
                idempotencyKey,
                bodyHash,
                lane,
                type,
                category,
                priority,
                recipients,
                topic,
                actor,
                data,
                traceparent,
                EventOptions.NONE);
    }
}
