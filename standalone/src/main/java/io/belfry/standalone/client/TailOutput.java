package io.belfry.standalone.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import picocli.CommandLine;

/// Prints publications. Not thread-safe.
final class TailOutput {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneId.systemDefault());

    /// How publications look.
    enum Form {
        TEXT,
        JSON
    }

    private final PrintWriter out;
    private final PrintWriter err;
    private final CommandLine.Help.Ansi ansi;
    private final Form form;
    private final int limit;
    private int printed;

    /// @param limit how many notifications are enough; 0 for no limit
    TailOutput(CommandLine command, Form form, int limit) {
        this.out = command.getOut();
        this.err = command.getErr();
        this.ansi = command.getColorScheme().ansi();
        this.form = form;
        this.limit = limit;
    }

    boolean hasEnough() {
        return limit > 0 && printed >= limit;
    }

    /// Something about the connection, not of the stream.
    void note(String text) {
        err.println(ansi.string("@|faint " + escaped("— " + text) + "|@"));
        err.flush();
    }

    void publication(JsonNode data) {
        if (hasEnough()) {
            return;
        }
        boolean counts = data.has("notification") || data.has("announcement");
        if (form == Form.JSON) {
            out.println(data);
        } else {
            text(data);
        }
        out.flush();
        printed += counts ? 1 : 0;
    }

    private void text(JsonNode data) {
        switch (data.path("kind").asText()) {
            case "notification" -> item(data.path("notification"), "createdAt", data.path("counts"));
            case "announcement" -> item(data.path("announcement"), "publishedAt", data.path("counts"));
            default -> out.println(ansi.string("@|faint " + escaped(data.toString()) + "|@"));
        }
    }

    private void item(JsonNode item, String timeField, JsonNode counts) {
        String label = item.has("type") ? item.path("type").asText() : "announcement";
        String title = printable(item.path("title").asText(""));
        String body = printable(item.path("body").asText(""));
        String payload =
                item.path("data").isEmpty() ? "" : printable(item.path("data").toString());
        StringBuilder line = new StringBuilder(time(item.path(timeField).asText("")))
                .append("  @|cyan ")
                .append(escaped(printable(label)))
                .append("|@");
        if (!title.isEmpty()) {
            line.append("  @|bold ").append(escaped(title)).append("|@");
        }
        if (!body.isEmpty()) {
            line.append(title.isEmpty() ? "  " : " — ").append(escaped(body));
        }
        line.append(payload.isEmpty() ? "" : "  @|faint " + escaped(payload) + "|@");
        if (counts.has("unread")) {
            line.append("  @|faint (").append(counts.path("unread").asLong()).append(" unread)|@");
        }
        out.println(ansi.string(line.toString()));
    }

    private static String time(String instant) {
        try {
            return TIME.format(Instant.parse(instant));
        } catch (DateTimeParseException none) {
            return TIME.format(Instant.now());
        }
    }

    /// What others wrote must not steer the terminal.
    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}", " ");
    }

    /// Nor picocli's markup.
    private static String escaped(String text) {
        return text.replace("@|", "@ |").replace("|@", "| @");
    }
}
