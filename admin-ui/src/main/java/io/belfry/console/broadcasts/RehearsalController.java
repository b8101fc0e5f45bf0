package io.belfry.console.broadcasts;

import io.belfry.console.Needs;
import io.belfry.console.Pages;
import io.belfry.console.Reasons;
import io.belfry.console.Visit;
import io.belfry.core.access.Role;
import io.belfry.core.broadcast.Broadcast;
import io.belfry.core.broadcast.Broadcasts;
import io.belfry.core.category.Categories;
import io.belfry.core.category.Medium;
import io.belfry.core.decision.BroadcastRehearsal;
import io.belfry.core.decision.Rehearsal;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.rules.SecurityRule;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// What would become of a draft that were sent now: how many get it, in which way, and why others do not. The page of
/// the review asks for it by itself, since it takes longer than the page.
@Controller("/console/broadcasts")
@Secured(SecurityRule.IS_ANONYMOUS)
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
@Needs(Role.BROADCASTER)
final class RehearsalController {
    private final Pages pages;
    private final Broadcasts broadcasts;
    private final Categories categories;
    private final BroadcastRehearsal rehearsal;

    RehearsalController(Pages pages, Broadcasts broadcasts, Categories categories, BroadcastRehearsal rehearsal) {
        this.pages = pages;
        this.broadcasts = broadcasts;
        this.categories = categories;
        this.rehearsal = rehearsal;
    }

    /// @param why a sentence, or empty
    /// @param tone of the dot before it
    /// @param sample ids of some of the users
    record Line(String says, String why, String count, String tone, List<String> sample) {
        static Line of(Rehearsal.Line line) {
            String count = Sight.number(line.count());
            return switch (line.verdict()) {
                case "send" -> new Line(sent(line.medium()), "", count, "good", line.sample());
                case "defer" ->
                    new Line("Later", Reasons.ofDeferral(line.reason().orElse("")), count, "info", line.sample());
                default ->
                    new Line(
                            suppressed(line.medium()),
                            Reasons.ofLabel(line.reason().orElse("")),
                            count,
                            "mute",
                            line.sample());
            };
        }

        private static String sent(Medium medium) {
            return switch (medium) {
                case INBOX -> "Get it";
                case LIVE -> "Shown at once";
                case PUSH -> "Pushed to";
            };
        }

        private static String suppressed(Medium medium) {
            return switch (medium) {
                case INBOX -> "Do not get it";
                case LIVE -> "Without a sound";
                case PUSH -> "Not pushed to";
            };
        }
    }

    /// One medium: everybody who was looked at is in one of its lines.
    record Group(String name, List<Line> lines) {}

    /// @param looked at how many people
    record Model(List<Group> groups, boolean isWhole, String looked) {}

    @Get("/{id}/rehearsal")
    MutableHttpResponse<?> rehearse(UUID id, Visit visit) {
        return broadcasts
                .find(id)
                .<MutableHttpResponse<?>>map(
                        draft -> pages.show(visit, "broadcasts/rehearsal :: rehearsal", model(draft)))
                .orElseGet(() -> pages.notFound(visit, "draft"));
    }

    private Model model(Broadcast draft) {
        Rehearsal.Report report = rehearsal.of(draft.audience(), categories.of(draft.category(), ""), draft.priority());
        var groups = new ArrayList<Group>();
        groups.add(group("In the app", Medium.INBOX, report));
        groups.add(group("On devices that are connected", Medium.LIVE, report));
        if (draft.push().isOn()) {
            groups.add(group("On phones that did not receive it live", Medium.PUSH, report));
        }
        return new Model(groups, report.isWhole(), Sight.people(report.recipients()));
    }

    private static Group group(String name, Medium medium, Rehearsal.Report report) {
        return new Group(
                name,
                report.lines().stream()
                        .filter(line -> line.medium() == medium)
                        .map(Line::of)
                        .toList());
    }
}
