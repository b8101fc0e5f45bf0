package io.belfry.console.audit;

import io.belfry.console.ReaderZone;
import io.belfry.core.access.AuditLog;
import io.micronaut.core.annotation.Introspected;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.annotation.QueryValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/// A search of the audit log as the address holds it.
///
/// @param from a day, in the time zone `zone`
/// @param to a day, which is part of what is searched
@Introspected
record AuditQuery(
        @Nullable @QueryValue String operator,
        @Nullable @QueryValue String act,
        @Nullable @QueryValue String subject,
        @Nullable @QueryValue String from,
        @Nullable @QueryValue String to,
        @Nullable @QueryValue String zone,
        @Nullable @QueryValue String before) {

    /// What is wrong with it.
    List<String> problems() {
        var problems = new ArrayList<String>();
        if (text(from).isPresent() && text(from).flatMap(readerZone()::startOf).isEmpty()) {
            problems.add("From: that is not a day (expected: like 2026-01-31).");
        }
        if (text(to).isPresent() && text(to).flatMap(readerZone()::endOf).isEmpty()) {
            problems.add("To: that is not a day (expected: like 2026-01-31).");
        }
        if (text(before).isPresent() && start().isEmpty()) {
            problems.add("Page: there is no such page.");
        }
        return problems;
    }

    AuditLog.Search search(int limit) {
        return new AuditLog.Search(
                text(operator),
                text(act),
                text(subject),
                text(from).flatMap(readerZone()::startOf),
                text(to).flatMap(readerZone()::endOf),
                start(),
                limit);
    }

    /// After which entry the page begins.
    OptionalLong start() {
        return text(before)
                .filter(id -> id.matches("\\d{1,18}"))
                .map(id -> OptionalLong.of(Long.parseLong(id)))
                .orElseGet(OptionalLong::empty);
    }

    /// What narrows the search, by parameter, without the page.
    Map<String, String> given() {
        var given = new LinkedHashMap<String, String>();
        text(operator).ifPresent(value -> given.put("operator", value));
        text(act).ifPresent(value -> given.put("act", value));
        text(subject).ifPresent(value -> given.put("subject", value));
        text(from).ifPresent(value -> given.put("from", value));
        text(to).ifPresent(value -> given.put("to", value));
        if (given.containsKey("from") || given.containsKey("to")) {
            given.put("zone", readerZone().zone().getId());
        }
        return given;
    }

    String describe() {
        Map<String, String> given = given();
        return given.isEmpty()
                ? "everything"
                : given.entrySet().stream()
                        .map(part -> part.getKey() + "=" + part.getValue())
                        .collect(Collectors.joining(" "));
    }

    private ReaderZone readerZone() {
        return ReaderZone.of(zone == null ? "" : zone);
    }

    private static Optional<String> text(String typed) {
        return Optional.ofNullable(typed).map(String::strip).filter(value -> !value.isEmpty());
    }
}
