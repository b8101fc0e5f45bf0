package io.belfry.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith({PostgresExtension.class, RedisExtension.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExtensionsTest {
    private final TestDatabase database;

    ExtensionsTest(TestDatabase database) {
        this.database = database;
    }

    @Test
    void theDatabaseHasTheSchema() throws SQLException {
        assertThat(query(database, "SELECT count(*) FROM flyway_schema_history WHERE success"))
                .isNotEqualTo("0");
    }

    @Test
    void methodsOfAClassShareItsDatabase(TestDatabase ofMethod) {
        assertThat(ofMethod).isEqualTo(database);
    }

    @Test
    void otherDatabasesDoNotSeeIt() throws SQLException {
        TestDatabase other = PostgresExtension.newDatabase("other");
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE mine ()");
        }
        assertThat(query(database, "SELECT to_regclass('mine')")).isEqualTo("mine");
        assertThat(query(other, "SELECT to_regclass('mine')")).isNull();
    }

    @Test
    void theServersAreThoseOfTheJvm(PostgresServer postgres, RedisServer redis) throws IOException {
        assertThat(database.jdbcUrl()).contains(":" + postgres.port() + "/");
        assertThat(redis).isSameAs(RedisExtension.server());
        assertThat(redis.ask("PING")).isEqualTo("PONG");
    }

    @Nested
    class NestedClass {
        @Test
        void sharesTheDatabase(TestDatabase ofNested) {
            assertThat(ofNested).isEqualTo(database);
        }
    }

    private static String query(TestDatabase database, String sql) throws SQLException {
        try (Connection connection = database.dataSource().getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
