package io.belfry.api.inbox;

import io.belfry.api.access.Grants;
import io.belfry.api.document.Document;
import io.belfry.api.document.RefusesBodies;
import io.belfry.api.document.RefusesParameters;
import io.belfry.api.document.RefusesStrangers;
import io.belfry.api.json.Fields;
import io.belfry.api.json.StrictJson;
import io.belfry.api.problem.Problem;
import io.belfry.core.inbox.InboxAct;
import io.belfry.core.inbox.InboxCursor;
import io.belfry.core.inbox.InboxFilter;
import io.belfry.core.inbox.InboxJson;
import io.belfry.core.inbox.InboxLog;
import io.belfry.core.inbox.Inboxes;
import io.micronaut.core.annotation.Nullable;
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
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.security.SecurityRequirement;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/// An end user's inbox over REST: what the RPCs `inbox.…` of the gateway do.
@Controller("/v1/inbox")
@Secured(Grants.USER)
@ExecuteOn(TaskExecutors.BLOCKING)
@Tag(name = Document.INBOX)
final class InboxController {
    private static final int MAX_PAGE = 100;

    private final InboxLog log;
    private final Inboxes inboxes;
    private final StrictJson json;

    InboxController(InboxLog log, Inboxes inboxes, StrictJson json) {
        this.log = log;
        this.inboxes = inboxes;
        this.json = json;
    }

    @Get
    @Operation(operationId = "listInbox", summary = "List notifications, newest first")
    @SecurityRequirement(name = Document.USER_TOKEN)
    @ApiResponse(
            responseCode = "200",
            description = "A page, exact at its `offset`",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = InboxForms.Page.class)))
    @RefusesParameters
    @RefusesStrangers
    MutableHttpResponse<?> list(
            @Parameter(description = "Items of a page at most", schema = @Schema(minimum = "1", maximum = "100"))
                    @QueryValue(defaultValue = "20")
                    int limit,
            @Parameter(description = "The `nextCursor` of the page before, with the same filters") @Nullable @QueryValue
                    String cursor,
            @Parameter(description = "Only those that were not read") @QueryValue(defaultValue = "false")
                    boolean unread,
            @Parameter(description = "Those in the archive in place of those in the list")
                    @QueryValue(defaultValue = "false")
                    boolean archived,
            @Parameter(description = "Those that are snoozed in place of those in the list")
                    @QueryValue(defaultValue = "false")
                    boolean snoozed,
            @Parameter(description = "Only those of a category") @Nullable @QueryValue String category,
            Authentication user) {
        if (archived && snoozed) {
            return Problem.invalid("archived and snoozed (expected: one of them)")
                    .response();
        }
        if (limit < 1 || limit > MAX_PAGE) {
            return Problem.invalid("limit: " + limit + " (expected: 1 to " + MAX_PAGE + ")")
                    .response();
        }
        OptionalLong before = cursor == null ? OptionalLong.empty() : InboxCursor.parse(cursor);
        if (cursor != null && before.isEmpty()) {
            return Problem.invalid("cursor (expected: a nextCursor of an earlier page)")
                    .response();
        }
        var filter = new InboxFilter(
                archived ? InboxFilter.Place.ARCHIVED : snoozed ? InboxFilter.Place.SNOOZED : InboxFilter.Place.LISTED,
                unread ? InboxFilter.Reading.UNREAD : InboxFilter.Reading.ANY,
                Optional.ofNullable(category));
        return answer(InboxJson.page(log.list(user.getName(), filter, before, limit)));
    }

    @Get("/counts")
    @Operation(operationId = "inboxCounts", summary = "Tell how many are unread and unseen")
    @SecurityRequirement(name = Document.USER_TOKEN)
    @AnswersPosition
    @RefusesStrangers
    MutableHttpResponse<?> counts(Authentication user) {
        return answer(InboxJson.position(log.position(user.getName())));
    }

    @Post("/read")
    @Operation(
            operationId = "markRead",
            summary = "Mark notifications read, on all devices",
            description = "Either those of `ids`, or all up to the offset `upTo`.")
    @SecurityRequirement(name = Document.USER_TOKEN)
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = InboxForms.Read.class)))
    @AnswersPosition
    @RefusesBodies
    @RefusesStrangers
    MutableHttpResponse<?> read(@Body byte[] body, Authentication user) {
        return json.answer(body, fields -> read(fields, user.getName()), "ids", "upTo");
    }

    private MutableHttpResponse<?> read(Fields fields, String user) {
        if (fields.has("ids") == fields.has("upTo")) {
            fields.faults().add("", "expected: either ids or upTo");
        }
        OptionalLong upTo = fields.optionalInteger("upTo", 0, Long.MAX_VALUE);
        List<UUID> ids = Ids.of(fields, InboxAct.MAX_IDS);
        if (!fields.faults().isEmpty()) {
            return fields.faults().problem().response();
        }
        return answer(InboxJson.position(
                upTo.isPresent()
                        ? inboxes.markReadThrough(user, upTo.getAsLong())
                        : inboxes.perform(user, new InboxAct.Read(ids))));
    }

    @Post("/seen")
    @Operation(
            operationId = "markSeen",
            summary = "Mark notifications seen, on all devices",
            description = "All that were created up to an offset. What was read was seen, too.")
    @SecurityRequirement(name = Document.USER_TOKEN)
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = InboxForms.Seen.class)))
    @AnswersPosition
    @RefusesBodies
    @RefusesStrangers
    MutableHttpResponse<?> seen(@Body byte[] body, Authentication user) {
        return json.answer(body, fields -> seen(fields, user.getName()), "upTo");
    }

    private MutableHttpResponse<?> seen(Fields fields, String user) {
        OptionalLong upTo = fields.optionalInteger("upTo", 0, Long.MAX_VALUE);
        if (!fields.has("upTo")) {
            fields.fault("upTo", "missing (expected: an offset)");
        }
        return fields.faults().isEmpty()
                ? answer(InboxJson.position(inboxes.markSeenThrough(user, upTo.getAsLong())))
                : fields.faults().problem().response();
    }

    private static MutableHttpResponse<byte[]> answer(byte[] body) {
        return HttpResponse.ok(body).contentType(MediaType.APPLICATION_JSON_TYPE);
    }
}
