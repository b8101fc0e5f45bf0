package io.belfry.api.kafka;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/// A real Kafka broker, its own controller too, as a process of its own.
final class KafkaBroker implements AutoCloseable {
    private static final String CLUSTER = "MkU3OEVBNTcwNTJENDM2Qk";

    private final Path directory;
    private final String address;
    private final Process process;
    private final Admin admin;

    private KafkaBroker(Path directory, String address, Process process) {
        this.directory = directory;
        this.address = address;
        this.process = process;
        this.admin = Admin.create(Map.of("bootstrap.servers", address));
    }

    static KafkaBroker start(Path directory) throws IOException, InterruptedException {
        int port = freePort();
        int controller = freePort();
        String address = "127.0.0.1:" + port;
        var settings = new Properties();
        settings.putAll(Map.of(
                "process.roles", "broker,controller",
                "node.id", "1",
                "controller.quorum.voters", "1@127.0.0.1:" + controller,
                "controller.listener.names", "CONTROLLER",
                "listeners", "PLAINTEXT://" + address + ",CONTROLLER://127.0.0.1:" + controller,
                "log.dirs", directory.resolve("data").toString(),
                "offsets.topic.num.partitions", "1",
                "offsets.topic.replication.factor", "1",
                "group.initial.rebalance.delay.ms", "0"));
        Path file = directory.resolve("server.properties");
        try (var out = Files.newBufferedWriter(file)) {
            settings.store(out, null);
        }
        Process format = java(
                directory, "kafka.tools.StorageTool", "format", "--cluster-id", CLUSTER, "--config", file.toString());
        if (!format.waitFor(60, TimeUnit.SECONDS) || format.exitValue() != 0) {
            format.destroyForcibly();
            throw new IllegalStateException("Kafka's storage was not made:\n" + log(directory));
        }
        Process server = java(directory, "kafka.Kafka", file.toString());
        Runtime.getRuntime().addShutdownHook(new Thread(server::destroyForcibly));
        var broker = new KafkaBroker(directory, address, server);
        await().atMost(60, SECONDS).ignoreExceptions().until(() -> {
            if (!server.isAlive()) {
                throw new AssertionError("Kafka ended:\n" + log(directory));
            }
            return !broker.admin.describeCluster().nodes().get(5, SECONDS).isEmpty();
        });
        return broker;
    }

    private static Process java(Path directory, String main, String... arguments) throws IOException {
        var command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                main));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("kafka.log").toFile()))
                .start();
    }

    private static String log(Path directory) throws IOException {
        return Files.readString(directory.resolve("kafka.log"));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    String address() {
        return address;
    }

    Admin admin() {
        return admin;
    }

    void create(String... topics) throws ExecutionException, InterruptedException {
        admin.createTopics(List.of(topics).stream()
                        .map(topic -> new NewTopic(topic, 2, (short) 1))
                        .toList())
                .all()
                .get();
    }

    /// How far a group has come in all partitions of a topic, 0 where nothing was committed.
    long committed(String group, String topic) throws ExecutionException, InterruptedException {
        return admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().entrySet().stream()
                .filter(one -> one.getKey().topic().equals(topic) && one.getValue() != null)
                .mapToLong(one -> one.getValue().offset())
                .sum();
    }

    @Override
    public void close() {
        admin.close();
        process.destroyForcibly();
        process.onExit().join();
    }

    @Override
    public String toString() {
        return "Kafka at " + address + ", data in " + directory;
    }
}
