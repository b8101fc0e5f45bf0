package io.belfry.benchmarks.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.belfry.benchmarks.machine.CpuMeter;
import io.belfry.benchmarks.machine.Processes;
import io.belfry.core.identity.TokenSettings;
import io.belfry.core.identity.UserTokens;
import io.belfry.core.user.UserId;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/// `./belfry up` as users run it: a process of its own, with the launcher's JVM options.
public final class BelfryProcess implements AutoCloseable {
    private static final Duration START_PATIENCE = Duration.ofMinutes(3);
    private static final Duration TOKENS_VALID_FOR = Duration.ofDays(1);
    private static final String SECRET = "bench-bench-bench-bench-bench-bench-";

    private final Started started;
    private final Map<CpuMeter.Part, Long> parts;
    private final String apiKey;
    private final UserTokens tokens;
    private final DataSource database;
    private final URI redis;
    private final HttpClient http = HttpClient.newHttpClient();

    private record Started(Process process, JsonNode info, Duration took) {}

    private BelfryProcess(
            Started started,
            Map<CpuMeter.Part, Long> parts,
            String apiKey,
            String secret,
            DataSource database,
            URI redis) {
        this.started = started;
        this.redis = redis;
        this.parts = parts;
        this.apiKey = apiKey;
        this.database = database;
        TokenSettings settings =
                new TokenSettings(secret, List.of(), null, "belfry", null, Duration.ZERO, Duration.ofDays(1));
        this.tokens = new UserTokens(settings, Clock.systemUTC());
    }

    /// All roles, with embedded servers.
    ///
    /// @param home of the source tree, where `./belfry` is
    /// @param data kept between starts
    public static BelfryProcess standalone(Path home, Path data, Map<String, String> environment)
            throws IOException, InterruptedException {
        Started started = start(home, data, environment, "--data", data.toString());
        long pid = started.process.pid();
        var parts = new EnumMap<CpuMeter.Part, Long>(CpuMeter.Part.class);
        parts.put(CpuMeter.Part.JVM, pid);
        parts.put(CpuMeter.Part.POSTGRES, Processes.descendant(pid, "postgres"));
        parts.put(CpuMeter.Part.REDIS, Processes.descendant(pid, "redis-server"));
        JsonNode credentials = json(data.resolve("credentials.json"));
        return new BelfryProcess(
                started,
                parts,
                started.info.path("apiKey").asText(),
                credentials.path("jwtSecret").asText(),
                database(credentials),
                redis(credentials));
    }

    private static DataSource database(JsonNode credentials) {
        URI address = URI.create(credentials.path("running").path("databaseUrl").asText());
        String[] user = address.getUserInfo().split(":");
        PGSimpleDataSource database = new PGSimpleDataSource();
        database.setUrl("jdbc:postgresql://" + address.getHost() + ":" + address.getPort() + address.getPath());
        database.setUser(user[0]);
        database.setPassword(user[1]);
        return database;
    }

    private static URI redis(JsonNode credentials) {
        return URI.create(credentials.path("running").path("redisUri").asText());
    }

    /// One role, on servers that others share.
    ///
    /// @param scratch for its log
    public static BelfryProcess role(
            Path home, Path scratch, Servers servers, String role, Map<String, String> environment)
            throws IOException, InterruptedException {
        var all = new HashMap<>(environment);
        all.put("DATABASE_URL", servers.postgres().url());
        all.put("REDIS_URI", servers.redis().url());
        all.put("BELFRY_JWT_SECRET", SECRET);
        Started started = start(home, scratch, all, "--host", "127.0.0.1", "--roles", role);
        var parts = new EnumMap<CpuMeter.Part, Long>(CpuMeter.Part.class);
        parts.put(CpuMeter.Part.JVM, started.process.pid());
        parts.put(CpuMeter.Part.POSTGRES, servers.postgres().pid());
        parts.put(CpuMeter.Part.REDIS, servers.redis().pid());
        return new BelfryProcess(
                started,
                parts,
                "",
                SECRET,
                servers.postgres().dataSource(),
                URI.create(servers.redis().url()));
    }

    /// A demo that somebody else started, and will stop.
    ///
    /// @param data its directory
    public static BelfryProcess running(Path data) throws IOException {
        JsonNode credentials = json(data.resolve("credentials.json"));
        Started started = new Started(null, credentials.path("running"), Duration.ZERO);
        return new BelfryProcess(
                started,
                Map.of(),
                credentials.path("apiKey").asText(),
                credentials.path("jwtSecret").asText(),
                database(credentials),
                redis(credentials));
    }

    private static Started start(Path home, Path scratch, Map<String, String> environment, String... options)
            throws IOException, InterruptedException {
        Files.createDirectories(scratch);
        Path info = scratch.resolve("info.json");
        Path log = scratch.resolve("belfry.log");
        Files.deleteIfExists(info);
        List<String> command = new ArrayList<>(
                List.of(home.resolve("belfry").toString(), "up", "--port", "0", "--info", info.toString()));
        command.addAll(List.of(options));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().keySet().removeAll(List.of("DATABASE_URL", "REDIS_URI"));
        builder.environment().putAll(environment);
        long begin = System.nanoTime();
        Process process = builder.start();
        while (!Files.exists(info)) {
            if (!process.isAlive() || System.nanoTime() - begin > START_PATIENCE.toNanos()) {
                process.destroy();
                throw new IllegalStateException("belfry did not start:\n" + Files.readString(log));
            }
            TimeUnit.MILLISECONDS.sleep(2);
        }
        return new Started(process, json(info), Duration.ofNanos(System.nanoTime() - begin));
    }

    private static JsonNode json(Path file) throws IOException {
        return JsonMapper.builder().build().readTree(file.toFile());
    }

    public InetSocketAddress address() {
        int port = URI.create(started.info.path("url").asText()).getPort();
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    public String apiKey() {
        return apiKey;
    }

    public String token(String user) {
        return tokens.mint(new UserId(user), TOKENS_VALID_FOR);
    }

    /// Posts with the API key.
    ///
    /// @throws IllegalStateException when the answer is not 202
    public void post(String path, String json) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(started.info.path("url").asText() + path))
                .header("Authorization", "Bearer " + apiKey)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json))
                .build();
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 202) {
            throw new IllegalStateException("answered " + answer.statusCode() + " " + answer.body());
        }
    }

    /// From the command to the file that says it is ready.
    public Duration startTime() {
        return started.took;
    }

    /// Whose use of the machine counts; nobody's when somebody else started it.
    public Map<CpuMeter.Part, Long> parts() {
        return parts;
    }

    public DataSource database() {
        return database;
    }

    /// Its Redis, password included.
    public URI redis() {
        return redis;
    }

    @Override
    public void close() {
        http.close();
        if (started.process == null) {
            return;
        }
        started.process.destroy();
        // It stops by itself within its grace period.
        started.process.onExit().completeOnTimeout(null, 30, TimeUnit.SECONDS).join();
        started.process.destroyForcibly().onExit().join();
    }
}
