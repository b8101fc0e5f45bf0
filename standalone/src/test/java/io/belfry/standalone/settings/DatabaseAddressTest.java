package io.belfry.standalone.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseAddressTest {
    @Test
    void readsTheFormThatHostersGive() {
        assertThat(DatabaseAddress.parse("postgres://ada:p%40ss+w@db.example:6432/belfry?sslmode=require"))
                .isEqualTo(new DatabaseAddress(
                        "jdbc:postgresql://db.example:6432/belfry?sslmode=require", "ada", "p@ss+w"));
        assertThat(DatabaseAddress.parse("postgresql://db/belfry"))
                .isEqualTo(new DatabaseAddress("jdbc:postgresql://db/belfry", null, null));
    }

    @Test
    void keepsTheFormOfJdbc() {
        assertThat(DatabaseAddress.parse("jdbc:postgresql://a,b/belfry?targetServerType=primary"))
                .isEqualTo(new DatabaseAddress("jdbc:postgresql://a,b/belfry?targetServerType=primary", null, null));
    }

    @Test
    void takesCredentialsFromTheEnvironmentWhereTheAddressHasNone() {
        Map<String, String> environment = Map.of(
                "DATABASE_URL", "jdbc:postgresql://db/belfry", "DATABASE_USER", "ada", "DATABASE_PASSWORD", "secret");

        assertThat(DatabaseAddress.of(environment))
                .contains(new DatabaseAddress("jdbc:postgresql://db/belfry", "ada", "secret"));
        assertThat(DatabaseAddress.of(Map.of("DATABASE_URL", " "))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mysql://db/belfry",
                "postgres://ada:secret@db",
                "postgres:///belfry",
                "postgres://ada:sec ret@db/belfry",
                "belfry"
            })
    void refusesWhatIsNoAddressWithoutRepeatingThePassword(String url) {
        assertThatExceptionOfType(WrongSettings.class)
                .isThrownBy(() -> DatabaseAddress.parse(url))
                .withMessageContaining("expected: postgres://")
                .satisfies(wrong -> assertThat(wrong.getMessage().replace("user:password", ""))
                        .doesNotContain("secret", "sec ret"));
    }
}
