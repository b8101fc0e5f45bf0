package io.belfry.standalone.up;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.belfry.standalone.settings.DatabaseAddress;
import io.belfry.standalone.settings.WrongSettings;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BackingTest {
    private static final String DATABASE = "postgres://ada:secret@db/belfry";
    private static final String REDIS = "redis://cache:6379";

    @Test
    void isADemoWithoutExternalServers() {
        assertThat(Backing.of(Map.of("BELFRY_JWT_SECRET", "whatever"))).isEqualTo(new Backing.Embedded());
    }

    @Test
    void isProductionWithThem() {
        assertThat(Backing.of(Map.of(
                        "DATABASE_URL", DATABASE, "REDIS_URI", REDIS, "BELFRY_JWKS_URL", "https://id/jwks.json")))
                .isEqualTo(new Backing.External(
                        new DatabaseAddress("jdbc:postgresql://db/belfry", "ada", "secret"), REDIS));
    }

    @Test
    void namesAllThatIsMissingForProduction() {
        assertThatExceptionOfType(WrongSettings.class)
                .isThrownBy(() -> Backing.of(Map.of("DATABASE_URL", DATABASE)))
                .withMessageContainingAll("REDIS_URI", "BELFRY_JWT_SECRET", "BELFRY_JWKS_URL");
        assertThatExceptionOfType(WrongSettings.class)
                .isThrownBy(() -> Backing.of(Map.of("REDIS_URI", REDIS, "BELFRY_JWT_SECRET", "x".repeat(32))))
                .withMessageContaining("DATABASE_URL, as in");
    }
}
