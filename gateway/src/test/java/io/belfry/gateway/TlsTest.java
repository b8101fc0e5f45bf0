package io.belfry.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.RedisServer;
import io.belfry.testkit.TestDatabase;
import io.belfry.testkit.centrifuge.CentrifugeClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// TLS that the node speaks itself, with the settings that `belfry up --tls-certificate` makes.
@ExtendWith({PostgresExtension.class, RedisExtension.class})
class TlsTest {
    private final TestDatabase database;
    private final RedisServer redis;

    TlsTest(TestDatabase database, RedisServer redis) {
        this.database = database;
        this.redis = redis;
    }

    @Test
    void anSdkIsServedOverTlsAndACertificateIsRenewedUnderIt(@TempDir Path home) throws Exception {
        Certificates files = Certificates.in(home);
        String first = files.renew();
        try (GatewayNode node = GatewayNode.start(
                        database,
                        redis.url(),
                        Map.of(
                                "micronaut.server.ssl.enabled",
                                true,
                                "micronaut.server.ssl.port",
                                -1,
                                "micronaut.server.ssl.key-name",
                                "belfry",
                                "micronaut.certificate.file.belfry.format",
                                "pem",
                                "micronaut.certificate.file.belfry.path",
                                files.key(),
                                "micronaut.certificate.file.belfry.certificate-path",
                                files.certificate(),
                                "micronaut.certificate.file.belfry.refresh-mode",
                                "scheduler",
                                "micronaut.certificate.file.belfry.refresh-interval",
                                "200ms"));
                CentrifugeClient client = CentrifugeClient.to(node.secureUrl())
                        .token(node.token("secret"))
                        .trusting(files.certificate())
                        .device("phone")
                        .start()
                        .connect()) {
            node.inbound().send("secret", 50);
            node.inbound().sendLarge("secret", 3, 30_000);
            client.await("53 publications", () -> client.publications("inbox").size() == 53);
            assertThat(client.offsets("inbox")).isEqualTo(DeliveryTest.offsets(1, 53));
            await().untilAsserted(() ->
                    assertThat(node.inbound().receivedBy("secret", "phone")).isEqualTo(53));
            assertThat(serialNumber(node.port())).isEqualTo(first);

            String second = files.renew();
            await().untilAsserted(() -> assertThat(serialNumber(node.port())).isEqualTo(second));
            node.inbound().send("secret", 1);
            client.await("54 publications", () -> client.publications("inbox").size() == 54);
            assertThat(client.events("connected")).hasSize(1);
        }
    }

    /// Of the certificate that a newcomer is shown.
    private static String serialNumber(int port) {
        try {
            SSLContext tls = SSLContext.getInstance("TLS");
            tls.init(null, new TrustManager[] {new Credulous()}, new SecureRandom());
            try (SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket("127.0.0.1", port)) {
                socket.startHandshake();
                return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
                        .getSerialNumber()
                        .toString();
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Credulous implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String kind) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String kind) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
