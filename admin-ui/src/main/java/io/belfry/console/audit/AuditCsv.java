package io.belfry.console.audit;

import io.belfry.core.access.AuditEntry;
import io.belfry.core.access.AuditLog;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/// Audit entries as a CSV file (RFC 4180, UTF-8), newest first, read from the database a page at a time as it is sent.
/// A cell that a spreadsheet would take for a formula begins with an apostrophe. Not thread-safe.
final class AuditCsv extends InputStream {
    static final int PAGE = 1_000;
    private static final String HEADER = "time,operator,act,subject,address,detail\r\n";
    /// What makes a spreadsheet compute a cell instead of showing it (OWASP, "CSV Injection").
    private static final String FORMULA_STARTS = "=+-@\t\r\n＝＋－＠";

    private final AuditLog log;
    private AuditLog.Search next;
    private byte[] part = HEADER.getBytes(StandardCharsets.UTF_8);
    private int position;

    AuditCsv(AuditLog log, AuditLog.Search first) {
        this.log = log;
        this.next = first;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        while (position == part.length) {
            if (next == null) {
                return -1;
            }
            load();
        }
        int count = Math.min(length, part.length - position);
        System.arraycopy(part, position, target, offset, count);
        position += count;
        return count;
    }

    private void load() {
        List<AuditEntry> page = log.search(next);
        part = page.stream().map(AuditCsv::line).collect(Collectors.joining()).getBytes(StandardCharsets.UTF_8);
        position = 0;
        next = page.size() < next.limit() ? null : next.olderThan(page.getLast());
    }

    static String line(AuditEntry entry) {
        String detail = entry.detail().entrySet().stream()
                .map(part -> part.getKey() + "=" + part.getValue())
                .collect(Collectors.joining("; "));
        return String.join(
                        ",",
                        entry.at().toString(),
                        cell(entry.actor()),
                        cell(entry.action()),
                        cell(entry.subject()),
                        cell(entry.address().orElse("")),
                        cell(detail))
                + "\r\n";
    }

    /// Quoted always: what is inside then needs no second look but for quotes.
    private static String cell(String text) {
        boolean formula = !text.isEmpty() && FORMULA_STARTS.indexOf(text.charAt(0)) >= 0;
        return '"' + (formula ? "'" : "") + text.replace("\"", "\"\"") + '"';
    }
}
