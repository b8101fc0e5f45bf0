package io.belfry.standalone.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.belfry.standalone.settings.WrongSettings;
import io.belfry.standalone.up.Listening.Clients;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ListeningTest {
    @Test
    void withoutACertificateItIsPlain() {
        Listening plain = new Listening("0.0.0.0", 0, Tls.of(null, null), Clients.WITH_TOKENS);

        assertThat(plain.settings()).containsEntry("micronaut.server.port", -1).hasSize(2);
        assertThat(plain.url(8080)).isEqualTo("http://localhost:8080");
    }

    @Test
    void withOneItSpeaksNothingButTls(@TempDir Path home) throws IOException {
        Path certificate = Files.writeString(home.resolve("tls.crt"), "");
        Path key = Files.writeString(home.resolve("tls.key"), "");
        Listening secure = new Listening("0.0.0.0", 8443, Tls.of(certificate, key), Clients.WITH_TOKENS);

        assertThat(secure.settings())
                .containsEntry("micronaut.server.ssl.enabled", true)
                .containsEntry("micronaut.server.ssl.port", 8443)
                .containsEntry("micronaut.certificate.file.belfry.path", key.toString())
                .containsEntry("micronaut.certificate.file.belfry.certificate-path", certificate.toString());
        assertThat(secure.url(8443)).isEqualTo("https://localhost:8443");
    }

    @Test
    void clientsNeedTokensUnlessSomebodySaysOtherwise() {
        assertThat(new Listening("::", 1, Optional.empty(), Clients.WITH_TOKENS).settings())
                .doesNotContainKey("belfry.gateway.insecure-client");
        assertThat(new Listening("::", 1, Optional.empty(), Clients.ANYBODY).settings())
                .containsEntry("belfry.gateway.insecure-client", true);
    }

    @Test
    void halfOfAPairIsAMistake(@TempDir Path home) throws IOException {
        Path certificate = Files.writeString(home.resolve("tls.crt"), "");

        assertThatThrownBy(() -> Tls.of(certificate, null))
                .isInstanceOf(WrongSettings.class)
                .hasMessageContaining("--tls-key");
        assertThatThrownBy(() -> Tls.of(certificate, home.resolve("nothing")))
                .isInstanceOf(WrongSettings.class)
                .hasMessageContaining("nothing cannot be read");
        assertThat(Tls.of(null, null)).isEqualTo(Optional.empty());
    }
}
