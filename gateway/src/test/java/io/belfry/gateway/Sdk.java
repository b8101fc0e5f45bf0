package io.belfry.gateway;

import io.belfry.testkit.centrifuge.CentrifugeClient;
import java.time.Duration;

/// An SDK that is supported, and an encoding that it speaks. Of npm's, the last release of each of three majors.
enum Sdk {
    NPM_JSON,
    NPM_PROTOBUF,
    NPM_4_JSON,
    NPM_4_PROTOBUF,
    NPM_3_JSON,
    NPM_3_PROTOBUF,
    JAVA;

    /// What it says it is.
    String label() {
        return this == JAVA ? "java" : "js";
    }

    /// How it speaks.
    String speech() {
        return name().endsWith("JSON") ? "json" : "protobuf";
    }

    CentrifugeClient.Builder client(GatewayNode node, String user) {
        CentrifugeClient.Builder builder =
                node.client(user).reconnectDelay(Duration.ofMillis(50), Duration.ofMillis(200));
        return switch (this) {
            case NPM_JSON -> builder;
            case NPM_PROTOBUF -> builder.protobuf();
            case NPM_4_JSON -> builder.major(4);
            case NPM_4_PROTOBUF -> builder.major(4).protobuf();
            case NPM_3_JSON -> builder.major(3);
            case NPM_3_PROTOBUF -> builder.major(3).protobuf();
            case JAVA -> builder.program(JavaSdk.program());
        };
    }
}
