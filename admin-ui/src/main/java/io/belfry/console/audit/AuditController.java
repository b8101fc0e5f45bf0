package io.belfry.console.audit;

import io.belfry.console.Acts;
import io.belfry.console.Needs;
import io.belfry.console.Pages;
import io.belfry.console.Visit;
import io.belfry.core.access.AuditEntry;
import io.belfry.core.access.AuditLog;
import io.belfry.core.access.Operator;
import io.belfry.core.access.Operators;
import io.belfry.core.access.Role;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.RequestBean;
import io.micronaut.http.server.types.files.StreamedFile;
import io.micronaut.http.uri.UriBuilder;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.rules.SecurityRule;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// Who did what: the audit log, searched, and as a file.
@Controller("/console/audit")
@Secured(SecurityRule.IS_ANONYMOUS)
@Produces(MediaType.TEXT_HTML)
@ExecuteOn(TaskExecutors.BLOCKING)
@Needs(Role.ADMIN)
final class AuditController {
    private static final String PATH = "/console/audit";
    private static final int PAGE = 50;
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

    private final Pages pages;
    private final AuditLog log;
    private final Operators operators;
    private final Acts acts;
    private final Clock clock;

    AuditController(Pages pages, AuditLog log, Operators operators, Acts acts, Clock clock) {
        this.pages = pages;
        this.log = log;
        this.operators = operators;
        this.acts = acts;
        this.clock = clock;
    }

    /// What the list shows, with the search as it was typed.
    ///
    /// @param first address of the newest page, null on it
    /// @param next address of the older page, null on the last
    /// @param export address of the file
    record ListModel(
            AuditQuery query,
            List<String> problems,
            List<String> operators,
            List<AuditEntry> entries,
            String first,
            String next,
            String export) {}

    @Get
    MutableHttpResponse<?> list(@RequestBean AuditQuery query, Visit visit) {
        List<String> problems = query.problems();
        List<AuditEntry> found = problems.isEmpty() ? log.search(query.search(PAGE + 1)) : List.of();
        boolean more = found.size() > PAGE;
        List<AuditEntry> entries = more ? found.subList(0, PAGE) : found;
        ListModel model = new ListModel(
                query,
                problems,
                operators.list().stream().map(Operator::email).toList(),
                entries,
                query.start().isPresent() ? address(PATH, query, OptionalLong.empty()) : null,
                more ? address(PATH, query, OptionalLong.of(entries.getLast().id())) : null,
                address(PATH + "/export.csv", query, OptionalLong.empty()));
        return problems.isEmpty() ? pages.show(visit, "audit/list", model) : pages.refuse(visit, "audit/list", model);
    }

    /// Everything that the search finds, not just one page; read and sent in parts, however much it is.
    @Get("/export.csv")
    @Produces(MediaType.ALL)
    MutableHttpResponse<?> export(@RequestBean AuditQuery query, Visit visit) {
        if (!query.problems().isEmpty()) {
            return list(query, visit);
        }
        acts.record(visit, "audit.export", query.describe(), Map.of());
        var file = new StreamedFile(new AuditCsv(log, query.search(AuditCsv.PAGE)), new MediaType("text/csv"));
        return HttpResponse.ok(file)
                .header(
                        HttpHeaders.CONTENT_DISPOSITION,
                        "attachment; filename=\"belfry-audit-" + STAMP.format(clock.instant()) + ".csv\"");
    }

    private static String address(String path, AuditQuery query, OptionalLong before) {
        UriBuilder address = UriBuilder.of(path);
        query.given().forEach(address::queryParam);
        before.ifPresent(id -> address.queryParam("before", id));
        return address.build().toString();
    }
}
