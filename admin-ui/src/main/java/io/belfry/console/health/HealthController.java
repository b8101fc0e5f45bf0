package io.belfry.console.health;

import io.belfry.console.Needs;
import io.belfry.console.Pages;
import io.belfry.console.Visit;
import io.belfry.core.access.Role;
import io.belfry.core.node.Node;
import io.belfry.core.node.Nodes;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.rules.SecurityRule;
import java.util.List;

/// Whether what Belfry needs is well, and how this process is set. It is looked at when the page is asked for.
@Controller("/console/health")
@Secured(SecurityRule.IS_ANONYMOUS)
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
@Needs(Role.VIEWER)
final class HealthController {
    private final Pages pages;
    private final Dependencies dependencies;
    private final Nodes nodes;
    private final Versions versions;
    private final KeptData kept;
    private final EffectiveSettings settings;

    HealthController(
            Pages pages,
            Dependencies dependencies,
            Nodes nodes,
            Versions versions,
            KeptData kept,
            EffectiveSettings settings) {
        this.pages = pages;
        this.dependencies = dependencies;
        this.nodes = nodes;
        this.versions = versions;
        this.kept = kept;
        this.settings = settings;
    }

    /// @param self which of the nodes answers
    /// @param groups of settings (a property that begins with `set` is none for views); empty for those who are no
    /// administrators
    record HealthModel(
            List<Dependencies.State> dependencies,
            List<NodeLine> nodes,
            String self,
            List<Versions.Line> versions,
            List<KeptData.Table> kept,
            List<EffectiveSettings.Group> groups) {}

    /// @param roles in words
    record NodeLine(Node node, String roles) {}

    @Get
    MutableHttpResponse<?> page(Visit visit) {
        List<Node> alive = nodes.list();
        return pages.show(
                visit,
                "health/page",
                new HealthModel(
                        dependencies.look(alive),
                        alive.stream()
                                .map(node -> new NodeLine(
                                        node,
                                        String.join(
                                                ", ",
                                                node.roles().stream().sorted().toList())))
                                .toList(),
                        nodes.name(),
                        versions.list(),
                        kept.list(),
                        visit.may(Role.ADMIN) ? settings.list() : List.of()));
    }
}
