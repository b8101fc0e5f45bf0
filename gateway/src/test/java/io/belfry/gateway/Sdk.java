package io.belfry.gateway;

import io.belfry.testkit.centrifuge.CentrifugeClient;
import java.time.Duration;

/// An SDK that is supported, and an encoding that it speaks.
enum Sdk {
    NPM_JSON,
    NPM_PROTOBUF,
    JAVA;

    CentrifugeClient.Builder client(GatewayNode node, String user) {
        CentrifugeClient.Builder builder =
                node.client(user).reconnectDelay(Duration.ofMillis(50), Duration.ofMillis(200));
        return switch (this) {
            case NPM_JSON -> builder;
            case NPM_PROTOBUF -> builder.protobuf();
            case JAVA -> builder.program(JavaSdk.program());
        };
    }
}
