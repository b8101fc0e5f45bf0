package io.belfry.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BelfryCommandTest {
    @Test
    void helpListsTheCommands() {
        Invocation help = Invocation.of("--help");

        assertThat(help.exitCode()).isZero();
        assertThat(help.out()).contains("up ", "migrate ", "token ", "send ", "tail ", "doctor ", "key ", "operator ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"up", "migrate", "token", "send", "tail", "doctor", "key", "operator"})
    void everyCommandShowsExamples(String command) {
        Invocation help = Invocation.of(command, "--help");

        assertThat(help.exitCode()).isZero();
        assertThat(help.out()).containsPattern("Examples?:").contains("belfry " + command);
    }

    @Test
    void aWrongOptionIsAMistakeOfTheCaller() {
        Invocation wrong = Invocation.of("up", "--prot", "1");

        assertThat(wrong.exitCode()).isEqualTo(2);
        assertThat(wrong.err()).contains("--prot", "--port");
    }

    @Test
    void aRoleThatDoesNotExistIsAMistakeOfTheCaller() {
        Invocation wrong = Invocation.of("up", "--roles", "api,gatewey");

        assertThat(wrong.exitCode()).isEqualTo(2);
        assertThat(wrong.err()).contains("gatewey");
    }

    @Test
    void aPartOfTheRolesNeedsServersToMeetAt() {
        Invocation wrong = Invocation.of("up", "--roles", "api");

        assertThat(wrong.exitCode()).isEqualTo(2);
        assertThat(wrong.err()).contains("DATABASE_URL", "REDIS_URI");
    }

    @Test
    void migratingNeedsADatabase() {
        Invocation wrong = Invocation.of("migrate");

        assertThat(wrong.exitCode()).isEqualTo(2);
        assertThat(wrong.err()).contains("DATABASE_URL");
    }
}
