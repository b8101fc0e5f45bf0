package io.belfry.benchmarks.server;

import io.belfry.benchmarks.bare.BareServer;
import io.belfry.benchmarks.load.FeedPublisher;
import io.belfry.benchmarks.load.Plan;
import io.belfry.benchmarks.load.Users;
import io.belfry.benchmarks.machine.CpuMeter;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// The bare server, in a JVM with the options of the launcher.
public final class BarePeer implements Peer {
    /// Those of `./belfry`.
    private static final List<String> OPTIONS = List.of(
            "-XX:+UseZGC",
            "-XX:+UseCompactObjectHeaders",
            "-Xms32m",
            "-XX:SoftMaxHeapSize=256m",
            "-Xmx1g",
            "-XX:ZUncommitDelay=10",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow");

    private final Process process;
    private final long redis;
    private final InetSocketAddress address;

    private BarePeer(Process process, long redis, InetSocketAddress address) {
        this.process = process;
        this.redis = redis;
        this.address = address;
    }

    public static BarePeer start(Path scratch, Servers servers) throws IOException, InterruptedException {
        Files.createDirectories(scratch);
        Path port = scratch.resolve("port");
        Path log = scratch.resolve("bare.log");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(OPTIONS);
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                BareServer.class.getName(),
                Integer.toString(servers.redis().port()),
                servers.redis().password(),
                port.toString()));
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        while (!Files.exists(port)) {
            if (!process.isAlive()) {
                throw new IllegalStateException("the bare server did not start:\n" + Files.readString(log));
            }
            TimeUnit.MILLISECONDS.sleep(5);
        }
        return new BarePeer(
                process,
                servers.redis().pid(),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(Files.readString(port))));
    }

    @Override
    public String name() {
        return "bare Netty";
    }

    @Override
    public Plan sockets(Users users) {
        return new Plan() {
            @Override
            public InetSocketAddress server() {
                return address;
            }

            @Override
            public String path(int user) {
                return "/" + users.id(user);
            }

            @Override
            public boolean isReadyAfterUpgrade() {
                return true;
            }

            @Override
            public byte[] hello(int user) {
                throw new IllegalStateException("nothing is said");
            }

            @Override
            public ByteBuf readyMark() {
                throw new IllegalStateException("nothing is waited for");
            }
        };
    }

    @Override
    public FeedPublisher.Form form() {
        return new FeedPublisher.Form() {
            @Override
            public byte[] channel(String user) {
                return user.getBytes(StandardCharsets.US_ASCII);
            }

            /// As the gateway's clients get it.
            @Override
            public byte[] message(int number, String data) {
                return ("{\"push\":{\"channel\":\"inbox\",\"pub\":{\"data\":" + data + ",\"offset\":" + number + "}}}")
                        .getBytes(StandardCharsets.US_ASCII);
            }
        };
    }

    /// As the gateway's clients get it.
    @Override
    public void announce(FeedPublisher publisher, String text) throws IOException {
        String frame = "{\"push\":{\"channel\":\"announcements\",\"pub\":{\"data\":{\"kind\":\"announcement\","
                + "\"announcement\":{\"id\":\"01a2b3c4-0000-7000-8000-000000000000\",\"category\":\"general\",\"title\":\""
                + text + "\",\"body\":\"Trams run again from six\",\"publishedAt\":\"2026-11-25T06:00:00.000000Z\","
                + "\"read\":false}},\"offset\":1}}}";
        publisher.publish(
                BareServer.EVERYONE.getBytes(StandardCharsets.US_ASCII), frame.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public Map<CpuMeter.Part, Long> parts() {
        return Map.of(CpuMeter.Part.JVM, process.pid(), CpuMeter.Part.REDIS, redis);
    }

    @Override
    public void close() {
        process.destroy();
        process.onExit().join();
    }
}
