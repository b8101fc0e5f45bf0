package io.belfry.gateway;

import io.micronaut.http.HttpRequest;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.rules.SecurityRule;
import io.micronaut.websocket.WebSocketSession;
import io.micronaut.websocket.annotation.OnMessage;
import io.micronaut.websocket.annotation.OnOpen;
import io.micronaut.websocket.annotation.ServerWebSocket;

/// Where clients connect that are only told, and need no SDK: the unidirectional WebSocket. Its channel is taken over
/// as that of [GatewaySocket] is.
@ServerWebSocket(UniSocket.PATH)
@Secured(SecurityRule.IS_ANONYMOUS)
final class UniSocket {
    static final String PATH = "/connection/uni_websocket";

    private final Gateway gateway;
    private final ClientAddresses addresses;

    UniSocket(Gateway gateway, ClientAddresses addresses) {
        this.gateway = gateway;
        this.addresses = addresses;
    }

    @OnOpen
    void open(WebSocketSession session, HttpRequest<?> request) {
        Takeover.ofWebSocket(gateway, request, Encoding.UNI, addresses.of(request));
    }

    /// Micronaut wants one. No message gets this far.
    @OnMessage
    void never(String message) {}
}
