package io.belfry.standalone.up;

import io.belfry.standalone.settings.WrongSettings;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// Runs Belfry until it is told to stop.
@Command(
        name = "up",
        header = "Runs Belfry: a demo with everything, or roles on your own servers.",
        description = {
            "",
            "Without DATABASE_URL and REDIS_URI it is a demo: PostgreSQL and Redis run as its children, and there are"
                    + " an API key, an operator and two users to play with. All of it is kept in --data and is there"
                    + " again after a restart.",
            "",
            "With DATABASE_URL and REDIS_URI it is production: nothing is made up, and what is missing is named."
        },
        mixinStandardHelpOptions = true,
        footerHeading = "%nExamples:%n",
        footer = {
            "  belfry up",
            "  belfry up --port 0 --data /tmp/belfry --info /tmp/belfry.json",
            "  DATABASE_URL=postgres://belfry:secret@db/belfry REDIS_URI=redis://cache:6379 \\",
            "    BELFRY_JWKS_URL=https://id.example.com/jwks.json belfry up --roles gateway"
        })
public final class UpCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "${BELFRY_DATA:-.belfry}",
            description = "Where the demo keeps its data and credentials (default: $BELFRY_DATA or ./.belfry).")
    private Path data;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "${BELFRY_PORT:-8080}",
            description = "HTTP port; 0 picks one (default: $BELFRY_PORT or 8080).")
    private int port;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            description = "Address to listen on (default: $BELFRY_HOST, or 127.0.0.1 for the demo and 0.0.0.0 else).")
    private String host;

    @Option(
            names = "--tls-certificate",
            paramLabel = "FILE",
            defaultValue = "${BELFRY_TLS_CERTIFICATE}",
            description =
                    "Speaks TLS with this certificate, in PEM. It is read again every minute, so that a renewed one"
                            + " needs no restart (default: $BELFRY_TLS_CERTIFICATE).")
    private Path certificate;

    @Option(
            names = "--tls-key",
            paramLabel = "FILE",
            defaultValue = "${BELFRY_TLS_KEY}",
            description = "The certificate's private key, in PEM (default: $BELFRY_TLS_KEY).")
    private Path certificateKey;

    @Option(
            names = "--insecure-client",
            description = "For development alone: clients need no token and may do anything in any channel.")
    private boolean insecureClient;

    @Option(
            names = "--roles",
            split = ",",
            paramLabel = "ROLE",
            description = "Only these of api, dispatcher, gateway, console (default: all). Needs external servers.")
    private List<Role> roles;

    @Option(
            names = "--info",
            paramLabel = "FILE",
            description = "Writes addresses and credentials to FILE as JSON, once ready.")
    private Path info;

    @Option(names = "--rehearsal", hidden = true, description = "Stops as soon as it is ready, to record the start.")
    private boolean rehearsal;

    @Override
    public Integer call() throws Exception {
        Map<String, String> environment = System.getenv();
        Backing backing = Backing.of(environment);
        Set<Role> wanted = roles == null || roles.isEmpty() ? EnumSet.allOf(Role.class) : EnumSet.copyOf(roles);
        if (backing instanceof Backing.Embedded && wanted.size() < Role.values().length) {
            throw new WrongSettings("--roles runs a part of Belfry, which meets the other parts at servers they share"
                    + " (expected: DATABASE_URL and REDIS_URI in the environment)");
        }
        Listening listening =
                new Listening(hostOr(environment, backing), port, Tls.of(certificate, certificateKey), clients());
        refuseTakenPort(listening);
        if (info != null) {
            Files.deleteIfExists(info);
        }
        Resources resources = new Resources();
        CountDownLatch end = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(resources, end), "stop-belfry"));
        run(backing, wanted, listening, resources);
        if (rehearsal) {
            resources.close();
        } else {
            end.await();
        }
        return 0;
    }

    private Listening.Clients clients() {
        return insecureClient ? Listening.Clients.ANYBODY : Listening.Clients.WITH_TOKENS;
    }

    private void run(Backing backing, Set<Role> wanted, Listening listening, Resources resources) throws IOException {
        long begin = System.nanoTime();
        try {
            Started started =
                    switch (backing) {
                        case Backing.Embedded() -> new Demo(directory(), listening, System.getenv()).start(resources);
                        case Backing.External external -> new Production(external, wanted, listening).start(resources);
                    };
            if (info != null) {
                started.info().write(info);
            }
            Duration took = Duration.ofNanos(System.nanoTime() - begin);
            new Banner(spec.commandLine().getColorScheme(), directory())
                    .print(started, took, spec.commandLine().getOut());
        } catch (IOException | RuntimeException failure) {
            resources.close();
            throw failure;
        }
    }

    private Path directory() {
        return data.toAbsolutePath().normalize();
    }

    private void stop(Resources resources, CountDownLatch end) {
        resources.close();
        end.countDown();
    }

    private String hostOr(Map<String, String> environment, Backing backing) {
        String named = host != null ? host : environment.get("BELFRY_HOST");
        if (named != null && !named.isBlank()) {
            return named;
        }
        // A demo's credentials are for this machine only.
        return backing instanceof Backing.Embedded ? "127.0.0.1" : "0.0.0.0";
    }

    /// Before anything is started: the commonest mistake deserves the quickest answer.
    private static void refuseTakenPort(Listening listening) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(listening.host(), listening.port()));
        } catch (IOException taken) {
            throw new WrongSettings("cannot listen on " + listening.host() + ":" + listening.port() + " ("
                    + taken.getMessage() + "); is Belfry running already? Choose another with --port, or --port 0");
        }
    }
}
