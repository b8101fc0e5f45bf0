package io.belfry.standalone.container;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.belfry.standalone.Invocation;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.RedisServer;
import io.belfry.testkit.TestDatabase;
import io.belfry.testkit.fcm.FcmSimulator;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What `docker/` describes, run without Docker: each service of compose.yml by the image's own entry point, JVM
/// options and health check, with the service's own command and environment, against real servers. What only an engine
/// can show (the build itself, networks, read-only file systems) is not covered.
@ExtendWith({PostgresExtension.class, RedisExtension.class})
class ContainersTest {
    private static final Path DOCKER = Path.of("..", "docker");
    private static final Map<String, String> HOST = Map.of("BELFRY_DOMAIN", "notify.example.com");
    private static final String SECRET = "0123456789abcdef0123456789abcdef";

    private final HttpClient http = HttpClient.newHttpClient();
    private final Path scratch;

    ContainersTest(@TempDir Path scratch) {
        this.scratch = scratch;
    }

    @Test
    void theRolesOfComposeBringOneNotificationAndOnePush(TestDatabase database, RedisServer redis) throws Exception {
        ComposeFile compose = ComposeFile.read(DOCKER.resolve("compose.yml"), HOST);
        Image image = Image.build(scratch, DOCKER);
        try (FcmSimulator phone = new FcmSimulator(0)) {
            Service service = new Service(compose, image, values(database, redis), phone);
            String key;
            try (Container migrate = service.run("migrate")) {
                assertThat(migrate.awaitSuccess()).contains("up to date");
            }
            try (Container once = service.run("api", List.of("key", "create", "test"))) {
                key = once.awaitSuccess().strip();
            }
            try (Container api = service.run("api");
                    Container dispatcher = service.run("dispatcher");
                    Container gateway = service.run("gateway");
                    Container console = service.run("console")) {
                String apiUrl = api.awaitHealthy();
                String gatewayUrl = gateway.awaitHealthy();
                dispatcher.awaitHealthy();
                assertThat(get(console.awaitHealthy() + "/console/sign-in").statusCode())
                        .isEqualTo(200);
                assertThat(get(gatewayUrl + "/console/sign-in").statusCode()).isNotEqualTo(200);

                arrivesAtASocket(apiUrl, gatewayUrl, key);
                isPushedToAPhone(apiUrl, key, phone);

                String gone = api.isHealthy(apiUrl) ? apiUrl : "";
                for (Container role : List.of(api, dispatcher, gateway, console)) {
                    assertThat(role.stop()).isIn(0, 143);
                }
                assertThat(api.isHealthy(gone)).isFalse();
            }
        }
    }

    private void arrivesAtASocket(String api, String gateway, String key) throws Exception {
        CompletableFuture<Invocation> tail = CompletableFuture.supplyAsync(
                () -> Invocation.of("tail", "alice", "--url", gateway, "--secret", SECRET, "--count", "1"));
        await().atMost(20, SECONDS)
                .pollInterval(20, MILLISECONDS)
                .until(() -> get(gateway + "/prometheus").body().contains("belfry_gateway_users 1.0"));
        send(api, key, "alice", "parcel.sent");
        assertThat(tail.get(20, SECONDS).out()).contains("parcel.sent");
    }

    private void isPushedToAPhone(String api, String key, FcmSimulator phone) throws Exception {
        String token = Invocation.of("token", "bob", "--secret", SECRET).out().strip();
        HttpRequest registration = HttpRequest.newBuilder(URI.create(api + "/v1/devices/phone"))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString("{\"token\":\"bobs-phone\",\"platform\":\"android\"}"))
                .build();
        assertThat(http.send(registration, HttpResponse.BodyHandlers.ofString()).statusCode())
                .isEqualTo(200);
        send(api, key, "bob", "parcel.arrived");
        await().atMost(20, SECONDS).until(() -> phone.messagesTo("bobs-phone").size() == 1);
    }

    private static void send(String api, String key, String user, String type) {
        Invocation sent = Invocation.of("send", "--url", api, "--key", key, "--type", type, "--to", user);
        assertThat(sent.err()).isEmpty();
        assertThat(sent.exitCode()).isZero();
    }

    /// The service's settings as compose has them, but for the places of the servers and of the secrets.
    private record Service(ComposeFile compose, Image image, Map<String, String> values, FcmSimulator phone) {
        Container run(String service) throws Exception {
            return run(service, compose.command(service));
        }

        Container run(String service, List<String> arguments) throws Exception {
            var environment = new HashMap<>(compose.environment(service));
            assertThat(environment.keySet()).containsAll(values.keySet());
            environment.putAll(values);
            if (service.equals("dispatcher")) {
                Path account = Files.writeString(image.directory().resolve("firebase"), phone.serviceAccount("acme"));
                environment.put("BELFRY_FIREBASE_CREDENTIALS", account.toString());
                environment.put("BELFRY_PUSH_ENDPOINT", phone.url());
            }
            return Container.run(image, service, environment, arguments);
        }
    }

    private Map<String, String> values(TestDatabase database, RedisServer redis) throws Exception {
        URI jdbc = URI.create(database.jdbcUrl().substring("jdbc:".length()));
        return Map.of(
                "DATABASE_URL", "postgres://" + database.user() + "@" + jdbc.getAuthority() + jdbc.getPath(),
                "DATABASE_PASSWORD_FILE", secret("database-password", database.password()),
                "REDIS_URI", "redis://127.0.0.1:" + redis.port(),
                "REDIS_PASSWORD_FILE", secret("redis-password", redis.password()),
                "BELFRY_JWT_SECRET_FILE", secret("jwt-secret", SECRET));
    }

    private String secret(String name, String value) throws Exception {
        return Files.writeString(scratch.resolve(name), value).toString();
    }

    private HttpResponse<String> get(String url) throws Exception {
        return http.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void composeNamesWhatIsMissingAndHasNoDefaultSecrets() throws Exception {
        assertThatThrownBy(() -> ComposeFile.read(DOCKER.resolve("compose.yml"), Map.of()))
                .hasMessageContaining("BELFRY_DOMAIN");
        ComposeFile compose = ComposeFile.read(DOCKER.resolve("compose.yml"), HOST);
        compose.services().forEach((name, service) -> ComposeFile.map(service.get("environment"))
                .forEach((variable, value) -> {
                    if (variable.contains("PASSWORD") || variable.contains("SECRET")) {
                        assertThat(variable).endsWith("_FILE");
                        assertThat(String.valueOf(value)).startsWith("/run/secrets/");
                    }
                }));
    }

    /// A name that is written once and misspelt elsewhere is found by Compose only when it is started.
    @Test
    void everyNameInComposeExists() throws Exception {
        ComposeFile compose = ComposeFile.read(DOCKER.resolve("compose.yml"), HOST);
        var services = compose.services();
        var secrets = ComposeFile.map(compose.root().get("secrets")).keySet();
        var volumes = ComposeFile.map(compose.root().get("volumes")).keySet();
        services.forEach((name, service) -> {
            assertThat(ComposeFile.map(service.get("depends_on")).keySet())
                    .as(name)
                    .isSubsetOf(services.keySet());
            each(service.get("secrets"), secret -> assertThat(secrets).contains(secret));
            each(service.get("volumes"), volume -> {
                String source = volume.substring(0, volume.indexOf(':'));
                assertThat(volumes.contains(source) || Files.exists(DOCKER.resolve(source)))
                        .as(volume)
                        .isTrue();
            });
            ComposeFile.map(service.get("environment")).values().stream()
                    .map(String::valueOf)
                    .filter(value -> value.startsWith("/run/secrets/"))
                    .forEach(value -> assertThat((List<?>) service.get("secrets"))
                            .asString()
                            .contains(value.substring("/run/secrets/".length())));
        });
        ComposeFile scaled = ComposeFile.read(DOCKER.resolve("compose.scaled.yml"), HOST);
        assertThat(scaled.services().keySet()).isSubsetOf(services.keySet());
        var proxied = new TreeSet<>(services.keySet());
        proxied.retainAll(List.of("api", "gateway", "console"));
        String caddy = Files.readString(DOCKER.resolve("Caddyfile"));
        assertThat(proxied).hasSize(3).allSatisfy(name -> assertThat(caddy).containsPattern(name + "(:| *\n)"));
    }

    private static void each(Object list, Consumer<String> action) {
        if (list != null) {
            ((List<?>) list).forEach(entry -> action.accept(String.valueOf(entry)));
        }
    }
}
