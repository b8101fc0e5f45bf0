package io.belfry.gateway;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.belfry.core.broadcast.Announcements;
import io.belfry.core.inbox.InboxCursor;
import io.belfry.core.inbox.InboxJson;
import io.belfry.core.inbox.InboxLog;
import io.belfry.core.inbox.InboxPage;
import io.belfry.core.inbox.Inboxes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What clients can call: their inbox. Every call is idempotent. Thread-safe; does not block. Answers come on a
/// virtual thread, and never as a failure.
@Singleton
final class Rpcs {
    private static final Logger LOG = LoggerFactory.getLogger(Rpcs.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_PAGE = 100;
    private static final int DEFAULT_PAGE = 20;
    private static final int MAX_IDS = 1000;
    private static final int MAX_SHOWN = 40;

    private final InboxLog log;
    private final Inboxes inboxes;
    private final Announcements announcements;
    private final Wording wording;
    private final GatewayMetrics metrics;
    private final Batcher<Call> calls;

    Rpcs(
            InboxLog log,
            Inboxes inboxes,
            Announcements announcements,
            Wording wording,
            GatewaySettings settings,
            GatewayMetrics metrics) {
        this.log = log;
        this.inboxes = inboxes;
        this.announcements = announcements;
        this.wording = wording;
        this.metrics = metrics;
        this.calls = new Batcher<>(
                "rpc",
                1,
                settings.limits().databaseQueries(),
                settings.limits().pendingConnects(),
                batch -> batch.forEach(call -> call.answer.complete(answer(call))));
    }

    /// How a call ended.
    sealed interface Outcome {}

    /// @param data JSON
    record Result(byte[] data) implements Outcome {}

    record Refused(ProtocolError error) implements Outcome {}

    private record Call(
            String user, Optional<String> locale, String method, byte[] arguments, CompletableFuture<Outcome> answer) {}

    CompletableFuture<Outcome> call(String user, Optional<String> locale, String method, byte[] arguments) {
        var call = new Call(user, locale, method, arguments, new CompletableFuture<>());
        if (!calls.offer(call)) {
            call.answer.complete(new Refused(ProtocolError.TOO_MANY_REQUESTS));
        }
        return call.answer;
    }

    private Outcome answer(Call call) {
        metrics.called(call.method);
        try {
            JsonNode arguments =
                    call.arguments.length == 0 ? JsonNodeFactory.instance.objectNode() : JSON.readTree(call.arguments);
            if (!arguments.isObject()) {
                throw new BadArgument("the arguments (expected: an object)");
            }
            return answer(call, arguments);
        } catch (BadArgument e) {
            return new Refused(ProtocolError.badRequest(e.getMessage()));
        } catch (JsonProcessingException e) {
            return new Refused(ProtocolError.badRequest("the arguments are not JSON"));
        } catch (IOException | RuntimeException e) {
            LOG.warn("{} failed: {}", call.method, e.toString());
            return new Refused(ProtocolError.INTERNAL);
        }
    }

    private Outcome answer(Call call, JsonNode arguments) {
        String user = call.user;
        return switch (call.method) {
            case "inbox.list" -> new Result(list(call, arguments));
            case "inbox.counts" -> new Result(InboxJson.position(log.position(user)));
            case "inbox.markRead" ->
                new Result(InboxJson.position(
                        arguments.has("upTo")
                                ? inboxes.markReadThrough(user, offset(arguments, "upTo"))
                                : inboxes.markRead(user, ids(arguments))));
            case "inbox.markSeen" ->
                new Result(InboxJson.position(inboxes.markSeenThrough(user, offset(arguments, "upTo"))));
            case "announcements.markRead" ->
                new Result(InboxJson.position(inboxes.markAnnouncementsRead(user, ids(arguments))));
            default -> new Refused(ProtocolError.METHOD_NOT_FOUND);
        };
    }

    private byte[] list(Call call, JsonNode arguments) {
        int limit = limit(arguments.path("limit"));
        JsonNode cursor = arguments.path("cursor");
        if (!cursor.isMissingNode() && !cursor.isNull()) {
            OptionalLong before = cursor.isTextual() ? InboxCursor.parse(cursor.asText()) : OptionalLong.empty();
            if (before.isEmpty()) {
                throw new BadArgument("cursor: " + shown(cursor) + " (expected: the nextCursor of a page)");
            }
            return InboxJson.page(log.list(call.user, before, limit));
        }
        InboxPage page = log.list(call.user, OptionalLong.empty(), limit);
        List<Announcements.Entry> current = announcements.of(call.user, 0, MAX_PAGE);
        return InboxJson.page(page, current, announcement -> wording.of(announcement, call.locale));
    }

    private static int limit(JsonNode limit) {
        if (limit.isMissingNode()) {
            return DEFAULT_PAGE;
        }
        if (!limit.isIntegralNumber() || !limit.canConvertToInt() || limit.asInt() < 1 || limit.asInt() > MAX_PAGE) {
            throw new BadArgument("limit: " + shown(limit) + " (expected: 1 to " + MAX_PAGE + ")");
        }
        return limit.asInt();
    }

    private static long offset(JsonNode arguments, String name) {
        JsonNode offset = arguments.path(name);
        if (!offset.isIntegralNumber() || !offset.canConvertToLong() || offset.asLong() < 0) {
            throw new BadArgument(name + ": " + shown(offset) + " (expected: an offset)");
        }
        return offset.asLong();
    }

    private static List<UUID> ids(JsonNode arguments) {
        JsonNode ids = arguments.path("ids");
        if (!ids.isArray() || ids.size() > MAX_IDS) {
            throw new BadArgument("ids: " + (ids.isArray() ? ids.size() + " of them" : shown(ids))
                    + " (expected: a list of at most " + MAX_IDS + ")");
        }
        var parsed = new ArrayList<UUID>(ids.size());
        for (JsonNode id : ids) {
            try {
                parsed.add(UUID.fromString(id.asText()));
            } catch (IllegalArgumentException e) {
                throw new BadArgument("ids: " + shown(id) + " (expected: a UUID)");
            }
        }
        return parsed;
    }

    /// What a client sent, as short as a message should be.
    static String shown(JsonNode value) {
        String text = value.isMissingNode() ? "missing" : value.toString();
        return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "…";
    }

    private static final class BadArgument extends RuntimeException {
        BadArgument(String message) {
            super(message, null, false, false);
        }
    }
}
