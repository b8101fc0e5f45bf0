package io.belfry.core.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DataSchemaTest {
    private static DataSchema schema(String text) {
        return switch (DataSchema.read(text)) {
            case DataSchema.Reading.Of(DataSchema schema) -> schema;
            case DataSchema.Reading.Refused(var problems) -> throw new AssertionError(problems);
        };
    }

    private static void assertRefused(String text) {
        assertThat(DataSchema.read(text))
                .as(text)
                .isInstanceOfSatisfying(DataSchema.Reading.Refused.class, refused -> assertThat(refused.problems())
                        .isNotEmpty()
                        .allSatisfy(p -> assertThat(p).isNotBlank()));
    }

    @Test
    void namesEveryPlaceThatDoesNotFit() {
        DataSchema schema = schema("""
                {"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","required":["order"],
                 "properties":{"order":{"$ref":"#/$defs/number"},"items":{"type":"array","items":{"$ref":"#/$defs/number"}},
                               "a/b~":{"type":"string"}},
                 "$defs":{"number":{"type":"integer","minimum":1}}}""");

        assertThat(schema.violations("{\"order\":1,\"items\":[1,2],\"more\":true}"))
                .isEmpty();
        assertThat(schema.violations("{\"order\":0,\"items\":[1,\"2\",2.5],\"a/b~\":1}"))
                .extracting(DataSchema.Violation::pointer)
                .containsExactlyInAnyOrder("/order", "/items/1", "/items/2", "/a~1b~0");
        assertThat(schema.violations("{}")).singleElement().satisfies(missing -> {
            assertThat(missing.pointer()).isEmpty();
            assertThat(missing.detail()).contains("order");
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "7",
                "true",
                "{",
                "{} {}",
                "{\"type\":\"object\",\"type\":\"string\"}",
                "{\"type\":\"numbre\"}",
                "{\"properties\":[]}",
                "{\"minimum\":\"1\"}",
                "{\"pattern\":\"(\"}",
                "{\"$ref\":\"#/nowhere\"}",
                "{\"$ref\":\"other.json\"}",
                "{\"$ref\":\"#\"}",
                "{\"$ref\":\"#/$defs/a\",\"$defs\":{\"a\":{\"$ref\":\"#/$defs/b\"},\"b\":{\"$ref\":\"#/$defs/a\"}}}",
                "{\"$ref\":\"classpath:/logback-test.xml\"}",
                "{\"$ref\":\"classpath:draft-07/schema\"}",
                "{\"$ref\":\"file:///etc/hostname\"}",
                "{\"$schema\":\"http://json-schema.org/draft-07/schema#\"}"
            })
    void refusesWhatIsNoSchema(String text) {
        assertRefused(text);
    }

    @Test
    void isBoundedInLength() {
        assertRefused("{\"description\":\"" + "x".repeat(DataSchema.MAX_LENGTH) + "\"}");
    }

    /// Whoever may edit schemas must not make the server call others.
    @Test
    void fetchesNothing() throws IOException {
        var asked = new AtomicInteger();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            asked.incrementAndGet();
            exchange.sendResponseHeaders(404, -1);
            exchange.close();
        });
        server.start();
        try {
            assertRefused("{\"$ref\":\"http://127.0.0.1:" + server.getAddress().getPort() + "/schema.json\"}");
            assertThat(asked).hasValue(0);
        } finally {
            server.stop(0);
        }
    }
}
