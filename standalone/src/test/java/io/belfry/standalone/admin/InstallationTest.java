package io.belfry.standalone.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.belfry.standalone.Invocation;
import io.belfry.standalone.demo.CredentialsFile;
import io.belfry.standalone.demo.DemoCredentials;
import io.belfry.testkit.PostgresExtension;
import io.belfry.testkit.RedisExtension;
import io.belfry.testkit.RedisServer;
import io.belfry.testkit.TestDatabase;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// The commands that change an installation, on a database with the schema and nothing in it.
@ExtendWith({PostgresExtension.class, RedisExtension.class})
class InstallationTest {
    private final TestDatabase database;
    private final RedisServer redis;
    private final Path demo;

    InstallationTest(TestDatabase database, RedisServer redis, @TempDir Path demo) {
        this.database = database;
        this.redis = redis;
        this.demo = demo;
    }

    @BeforeEach
    void aDemoRunsThere() throws Exception {
        String address = database.jdbcUrl()
                .replace("jdbc:postgresql://", "postgres://" + database.user() + ":" + database.password() + "@");
        new CredentialsFile(demo)
                .write(new DemoCredentials(
                        "0123456789abcdef0123456789abcdef",
                        "bk_x",
                        new DemoCredentials.Operator("a@b", "p"),
                        List.of(),
                        new DemoCredentials.Running("http://localhost:1", null, address, redis.url())));
    }

    private Invocation call(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--demo", demo.toString()));
        return Invocation.of(all.toArray(String[]::new));
    }

    @Test
    void makesListsAndRevokesKeys() {
        Invocation created = call("key", "create", "shop", "--scopes", "events:write");
        assertThat(created.out()).startsWith("bk_");

        assertThat(call("key", "create", "trials", "--test").exitCode()).isZero();
        Invocation listed = call("key", "list");
        assertThat(listed.out()).contains("trials  (test)").doesNotContain("shop  (test)");
        assertThat(listed.out())
                .contains("shop", "events:write", "never used")
                .doesNotContain(created.out().strip());
        String id = listed.out().split(" ")[0];

        assertThat(call("key", "revoke", id).exitCode()).isZero();
        assertThat(call("key", "list").out()).contains("revoked");
        assertThat(call("key", "revoke", id).exitCode()).isEqualTo(2);
        assertThat(call("key", "create", "shop", "--scopes", "everything").err())
                .contains("events:write");
    }

    @Test
    void makesOperatorsAndChangesTheirPasswords() {
        Invocation created = call("operator", "create", "Ada@Example.com", "--role", "editor", "--generate");
        assertThat(created.out()).contains("Made ada@example.com, editor.").hasLineCount(2);

        assertThat(call("operator", "list").out()).contains("ada@example.com", "editor", "never signed in");
        assertThat(call("operator", "create", "ada@example.com", "--generate").err())
                .contains("already");
        assertThat(call("operator", "password", "ada@example.com", "--generate").exitCode())
                .isZero();
        assertThat(call("operator", "password", "bob@example.com", "--generate").exitCode())
                .isEqualTo(2);
        assertThat(call("operator", "create", "nobody", "--generate").err()).contains("name@domain");
    }
}
