package io.belfry.standalone.up;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Collectors;
import picocli.CommandLine.Help.ColorScheme;

/// Tells whoever started Belfry where to look next.
final class Banner {
    private final ColorScheme colors;
    private final Path directory;

    /// @param directory the demo's data directory
    Banner(ColorScheme colors, Path directory) {
        this.colors = colors;
        this.directory = directory;
    }

    void print(Started started, Duration took, PrintWriter out) {
        String seconds = String.format(Locale.ROOT, "%.1f", took.toMillis() / 1000.0);
        out.println();
        out.println(colors.ansi().string("@|bold Belfry " + Version.current() + "|@ is up (" + seconds + " s)"));
        StartupInfo info = started.info();
        if (info.apiKey() == null) {
            out.println("  roles    "
                    + started.roles().stream().map(Role::environment).collect(Collectors.joining(", ")));
            out.println("  at       " + info.url());
        } else {
            demo(info, out);
        }
        out.flush();
    }

    private void demo(StartupInfo info, PrintWriter out) {
        out.println("  demo     " + info.url() + "/demo     two people and a phone, side by side");
        out.println("  console  " + info.url() + "/console  sign in as "
                + info.operator().user() + ", password " + info.operator().password());
        if (info.simulatorUrl() != null) {
            out.println("  phone    " + info.simulatorUrl() + "  shows the pushes");
        }
        out.println("  data     " + directory + "  (credentials.json has all keys and tokens)");
        out.println();
        out.println("Send an event:");
        out.println("  curl -X POST " + info.url() + "/v1/events \\");
        out.println("    -H 'Authorization: Bearer " + info.apiKey() + "' \\");
        out.println("    -H 'Content-Type: application/json' \\");
        out.println("    -d '{\"type\":\"comment.created\",\"recipients\":[\""
                + info.users().getFirst().id() + "\"],\"data\":{\"text\":\"Hello\"}}'");
        out.println();
        out.println("Follow an inbox:  belfry tail " + info.users().getFirst().id() + "      Stop: Ctrl-C");
    }
}
