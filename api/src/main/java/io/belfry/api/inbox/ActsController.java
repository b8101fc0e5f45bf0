package io.belfry.api.inbox;

import io.belfry.api.access.Grants;
import io.belfry.api.document.Document;
import io.belfry.api.document.RefusesBodies;
import io.belfry.api.document.RefusesStrangers;
import io.belfry.api.json.Fields;
import io.belfry.api.json.StrictJson;
import io.belfry.core.inbox.InboxAct;
import io.belfry.core.inbox.InboxJson;
import io.belfry.core.inbox.Inboxes;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.authentication.Authentication;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.security.SecurityRequirement;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/// What users do with some of their notifications. Each act is one change that all their devices hear of; done twice it
/// is done once.
@Controller("/v1/inbox")
@Secured(Grants.USER)
@ExecuteOn(TaskExecutors.BLOCKING)
@Tag(name = Document.INBOX)
final class ActsController {
    private final Inboxes inboxes;
    private final StrictJson json;
    private final Clock clock;

    ActsController(Inboxes inboxes, StrictJson json, Clock clock) {
        this.inboxes = inboxes;
        this.json = json;
        this.clock = clock;
    }

    @Post("/unread")
    @Operation(
            operationId = "markUnread",
            summary = "Mark notifications unread, on all devices",
            description = "They stay seen.")
    @SecurityRequirement(name = Document.USER_TOKEN)
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = InboxForms.Chosen.class)))
    @AnswersPosition
    @RefusesBodies
    @RefusesStrangers
    MutableHttpResponse<?> unread(@Body byte[] body, Authentication user) {
        return act(body, user, InboxAct.MAX_IDS, InboxAct.Unread::new);
    }

    @Post("/archive")
    @Operation(
            operationId = "archive",
            summary = "Take notifications out of the list",
            description = "They are in no count any more, and their pushes are not sent.")
    @SecurityRequirement(name = Document.USER_TOKEN)
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = InboxForms.Chosen.class)))
    @AnswersPosition
    @RefusesBodies
    @RefusesStrangers
    MutableHttpResponse<?> archive(@Body byte[] body, Authentication user) {
        return act(body, user, InboxAct.MAX_IDS, InboxAct.Archive::new);
    }

    @Post("/unarchive")
    @Operation(
            operationId = "unarchive",
            summary = "Bring notifications back from the archive",
            description = "To where they were in the list, read or not as they are.")
    @SecurityRequirement(name = Document.USER_TOKEN)
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = InboxForms.ChosenInFull.class)))
    @AnswersPosition
    @RefusesBodies
    @RefusesStrangers
    MutableHttpResponse<?> unarchive(@Body byte[] body, Authentication user) {
        return act(body, user, InboxAct.MAX_RETURNED, InboxAct.Unarchive::new);
    }

    @Post("/snooze")
    @Operation(
            operationId = "snooze",
            summary = "Take notifications out of the list for a while",
            description = "When it is over they return at the top of it, unread.")
    @SecurityRequirement(name = Document.USER_TOKEN)
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = InboxForms.Snooze.class)))
    @AnswersPosition
    @RefusesBodies
    @RefusesStrangers
    MutableHttpResponse<?> snooze(@Body byte[] body, Authentication user) {
        return json.answer(body, fields -> snooze(fields, user.getName()), "ids", "until");
    }

    @Post("/unsnooze")
    @Operation(
            operationId = "unsnooze",
            summary = "Bring snoozed notifications back before their time",
            description = "To where they were in the list, read or not as they are.")
    @SecurityRequirement(name = Document.USER_TOKEN)
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = InboxForms.ChosenInFull.class)))
    @AnswersPosition
    @RefusesBodies
    @RefusesStrangers
    MutableHttpResponse<?> unsnooze(@Body byte[] body, Authentication user) {
        return act(body, user, InboxAct.MAX_RETURNED, InboxAct.Unsnooze::new);
    }

    @Post("/acknowledge")
    @Operation(
            operationId = "acknowledge",
            summary = "Confirm notifications",
            description = "They are read, too. It is not to be undone.")
    @SecurityRequirement(name = Document.USER_TOKEN)
    @RequestBody(
            required = true,
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = InboxForms.Chosen.class)))
    @AnswersPosition
    @RefusesBodies
    @RefusesStrangers
    MutableHttpResponse<?> acknowledge(@Body byte[] body, Authentication user) {
        return act(body, user, InboxAct.MAX_IDS, InboxAct.Acknowledge::new);
    }

    private MutableHttpResponse<?> snooze(Fields fields, String user) {
        List<UUID> ids = requiredIds(fields, InboxAct.MAX_IDS);
        Optional<Instant> until = fields.required(
                "until", text -> InboxAct.Snooze.time(text, clock.instant()), InboxAct.Snooze.EXPECTED_TIME);
        return until.isPresent() && fields.faults().isEmpty()
                ? perform(user, new InboxAct.Snooze(ids, until.get()))
                : fields.faults().problem().response();
    }

    private MutableHttpResponse<?> act(byte[] body, Authentication user, int max, Function<List<UUID>, InboxAct> act) {
        return json.answer(
                body,
                fields -> {
                    List<UUID> ids = requiredIds(fields, max);
                    return fields.faults().isEmpty()
                            ? perform(user.getName(), act.apply(ids))
                            : fields.faults().problem().response();
                },
                "ids");
    }

    private MutableHttpResponse<?> perform(String user, InboxAct act) {
        return HttpResponse.ok(InboxJson.position(inboxes.perform(user, act)))
                .contentType(MediaType.APPLICATION_JSON_TYPE);
    }

    private static List<UUID> requiredIds(Fields fields, int max) {
        if (!fields.has("ids")) {
            fields.fault("ids", "missing (expected: 1 to " + max + " notification ids)");
        }
        return Ids.of(fields, max);
    }
}
