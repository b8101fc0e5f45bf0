package io.belfry.gateway;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.belfry.core.broadcast.Announcements;
import io.belfry.core.inbox.InboxAct;
import io.belfry.core.inbox.InboxCursor;
import io.belfry.core.inbox.InboxFilter;
import io.belfry.core.inbox.InboxJson;
import io.belfry.core.inbox.InboxLog;
import io.belfry.core.inbox.InboxPage;
import io.belfry.core.inbox.Inboxes;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What clients can call: their inbox. Every call is idempotent. Thread-safe; does not block. Answers come on a
/// virtual thread, and never as a failure.
@Singleton
final class Rpcs {
    /// All there are.
    static final Set<String> METHODS = Set.of(
            "inbox.list",
            "inbox.counts",
            "inbox.markRead",
            "inbox.markUnread",
            "inbox.markSeen",
            "inbox.archive",
            "inbox.unarchive",
            "inbox.snooze",
            "inbox.unsnooze",
            "inbox.acknowledge",
            "announcements.markRead");

    private static final Logger LOG = LoggerFactory.getLogger(Rpcs.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_PAGE = 100;
    private static final int DEFAULT_PAGE = 20;
    private static final int MAX_SHOWN = 40;

    private final InboxLog log;
    private final Inboxes inboxes;
    private final Announcements announcements;
    private final Wording wording;
    private final Clock clock;
    private final GatewayMetrics metrics;
    private final Batcher<Call> calls;

    Rpcs(
            InboxLog log,
            Inboxes inboxes,
            Announcements announcements,
            Wording wording,
            Clock clock,
            GatewaySettings settings,
            GatewayMetrics metrics) {
        this.log = log;
        this.inboxes = inboxes;
        this.announcements = announcements;
        this.wording = wording;
        this.clock = clock;
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
            metrics.hit(Guard.PENDING);
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
                                : inboxes.perform(user, new InboxAct.Read(ids(arguments)))));
            case "inbox.markUnread" -> act(user, new InboxAct.Unread(ids(arguments)));
            case "inbox.archive" -> act(user, new InboxAct.Archive(ids(arguments)));
            case "inbox.unarchive" -> act(user, new InboxAct.Unarchive(ids(arguments, InboxAct.MAX_RETURNED)));
            case "inbox.snooze" -> act(user, new InboxAct.Snooze(ids(arguments), until(arguments)));
            case "inbox.unsnooze" -> act(user, new InboxAct.Unsnooze(ids(arguments, InboxAct.MAX_RETURNED)));
            case "inbox.acknowledge" -> act(user, new InboxAct.Acknowledge(ids(arguments)));
            case "inbox.markSeen" ->
                new Result(InboxJson.position(inboxes.markSeenThrough(user, offset(arguments, "upTo"))));
            case "announcements.markRead" ->
                new Result(InboxJson.position(inboxes.markAnnouncementsRead(user, ids(arguments))));
            default -> new Refused(ProtocolError.METHOD_NOT_FOUND);
        };
    }

    private Outcome act(String user, InboxAct act) {
        return new Result(InboxJson.position(inboxes.perform(user, act)));
    }

    private byte[] list(Call call, JsonNode arguments) {
        InboxFilter filter = filter(arguments);
        int limit = limit(arguments.path("limit"));
        JsonNode cursor = arguments.path("cursor");
        if (!cursor.isMissingNode() && !cursor.isNull()) {
            OptionalLong before = cursor.isTextual() ? InboxCursor.parse(cursor.asText()) : OptionalLong.empty();
            if (before.isEmpty()) {
                throw new BadArgument("cursor: " + shown(cursor) + " (expected: the nextCursor of a page)");
            }
            return InboxJson.page(log.list(call.user, filter, before, limit));
        }
        InboxPage page = log.list(call.user, filter, OptionalLong.empty(), limit);
        if (!filter.equals(InboxFilter.LISTED)) {
            return InboxJson.page(page);
        }
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

    private static InboxFilter filter(JsonNode arguments) {
        JsonNode category = arguments.path("category");
        if (!category.isMissingNode() && !category.isTextual()) {
            throw new BadArgument("category: " + shown(category) + " (expected: the id of a category)");
        }
        boolean archived = flag(arguments, "archived");
        boolean snoozed = flag(arguments, "snoozed");
        if (archived && snoozed) {
            throw new BadArgument("archived and snoozed (expected: one of them)");
        }
        return new InboxFilter(
                archived ? InboxFilter.Place.ARCHIVED : snoozed ? InboxFilter.Place.SNOOZED : InboxFilter.Place.LISTED,
                flag(arguments, "unread") ? InboxFilter.Reading.UNREAD : InboxFilter.Reading.ANY,
                Optional.ofNullable(category.textValue()));
    }

    private static boolean flag(JsonNode arguments, String name) {
        JsonNode flag = arguments.path(name);
        if (!flag.isMissingNode() && !flag.isBoolean()) {
            throw new BadArgument(name + ": " + shown(flag) + " (expected: true or false)");
        }
        return flag.booleanValue();
    }

    private Instant until(JsonNode arguments) {
        JsonNode until = arguments.path("until");
        return Optional.ofNullable(until.textValue())
                .flatMap(text -> InboxAct.Snooze.time(text, clock.instant()))
                .orElseThrow(() -> new BadArgument(
                        "until: " + shown(until) + " (expected: " + InboxAct.Snooze.EXPECTED_TIME + ")"));
    }

    private static List<UUID> ids(JsonNode arguments) {
        return ids(arguments, InboxAct.MAX_IDS);
    }

    private static List<UUID> ids(JsonNode arguments, int max) {
        JsonNode ids = arguments.path("ids");
        if (!ids.isArray() || ids.size() > max) {
            throw new BadArgument("ids: " + (ids.isArray() ? ids.size() + " of them" : shown(ids))
                    + " (expected: a list of at most " + max + ")");
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
