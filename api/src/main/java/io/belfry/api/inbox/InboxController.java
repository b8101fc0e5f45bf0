package io.belfry.api.inbox;

import io.belfry.api.access.Grants;
import io.belfry.api.problem.Problem;
import io.belfry.core.inbox.InboxCursor;
import io.belfry.core.inbox.InboxJson;
import io.belfry.core.inbox.InboxLog;
import io.belfry.core.inbox.Inboxes;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.authentication.Authentication;
import io.micronaut.serde.annotation.Serdeable;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/// An end user's inbox over REST: what the RPCs `inbox.…` of the gateway do.
@Controller("/v1/inbox")
@Secured(Grants.USER)
@ExecuteOn(TaskExecutors.BLOCKING)
final class InboxController {
    private static final int MAX_PAGE = 100;
    private static final int MAX_IDS = 1000;

    private final InboxLog log;
    private final Inboxes inboxes;

    InboxController(InboxLog log, Inboxes inboxes) {
        this.log = log;
        this.inboxes = inboxes;
    }

    /// Which notifications: by id, or everything created up to an offset.
    @Serdeable
    record Marks(Optional<List<UUID>> ids, Optional<Long> upTo) {}

    /// A page, newest first: `{items, nextCursor, counts, offset}`.
    @Get
    MutableHttpResponse<?> list(
            @QueryValue(defaultValue = "20") int limit, @QueryValue Optional<String> cursor, Authentication user) {
        if (limit < 1 || limit > MAX_PAGE) {
            return invalid("limit: " + limit + " (expected: 1 to " + MAX_PAGE + ")");
        }
        OptionalLong before = cursor.map(InboxCursor::parse).orElse(OptionalLong.empty());
        if (cursor.isPresent() && before.isEmpty()) {
            return invalid("cursor (expected: a nextCursor of an earlier page)");
        }
        return json(InboxJson.page(log.list(user.getName(), before, limit)));
    }

    @Get("/counts")
    MutableHttpResponse<?> counts(Authentication user) {
        return json(InboxJson.position(log.position(user.getName())));
    }

    /// Marks read, by `ids` or `upTo`.
    @Post("/read")
    MutableHttpResponse<?> read(@Body Marks marks, Authentication user) {
        if (marks.ids().isPresent() == marks.upTo().isPresent()) {
            return invalid("expected: either ids or upTo");
        }
        if (marks.ids().isPresent() && marks.ids().get().size() > MAX_IDS) {
            return invalid("ids: " + marks.ids().get().size() + " (expected: at most " + MAX_IDS + ")");
        }
        return json(InboxJson.position(
                marks.ids().isPresent()
                        ? inboxes.markRead(user.getName(), marks.ids().get())
                        : inboxes.markReadThrough(user.getName(), marks.upTo().orElseThrow())));
    }

    /// Marks seen what was created up to an offset.
    @Post("/seen")
    MutableHttpResponse<?> seen(@Body Marks marks, Authentication user) {
        if (marks.upTo().isEmpty()) {
            return invalid("expected: upTo, an offset");
        }
        return json(InboxJson.position(
                inboxes.markSeenThrough(user.getName(), marks.upTo().get())));
    }

    private static MutableHttpResponse<Problem> invalid(String detail) {
        return Problem.invalid(List.of(new Problem.Fault("", detail))).response();
    }

    private static MutableHttpResponse<byte[]> json(byte[] body) {
        return HttpResponse.ok(body).contentType(MediaType.APPLICATION_JSON_TYPE);
    }
}
