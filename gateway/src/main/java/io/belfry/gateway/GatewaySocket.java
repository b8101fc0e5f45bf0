package io.belfry.gateway;

import io.micronaut.http.HttpRequest;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.rules.SecurityRule;
import io.micronaut.websocket.WebSocketSession;
import io.micronaut.websocket.annotation.OnMessage;
import io.micronaut.websocket.annotation.OnOpen;
import io.micronaut.websocket.annotation.ServerWebSocket;

/// Where clients connect. Micronaut routes the request, runs the filters ([UpgradeGuard]) and answers the upgrade; then
/// this takes the channel over and leaves in its pipeline nothing but TLS and a [Connection].
///
/// Why not keep Micronaut's handlers: they inflate what a client claims to be compressed without limit, answer pings
/// without back-pressure, keep the request and a dozen handlers for every socket, and encode each message for each
/// connection.
@ServerWebSocket(value = GatewaySocket.PATH, subprotocols = Encoding.PROTOBUF_SUBPROTOCOL)
@Secured(SecurityRule.IS_ANONYMOUS)
final class GatewaySocket {
    static final String PATH = "/connection/websocket";

    private final Gateway gateway;
    private final ClientAddresses addresses;

    GatewaySocket(Gateway gateway, ClientAddresses addresses) {
        this.gateway = gateway;
        this.addresses = addresses;
    }

    @OnOpen
    void open(WebSocketSession session, HttpRequest<?> request) {
        Takeover.ofWebSocket(gateway, request, encoding(session, request), addresses.of(request));
    }

    /// Clients that cannot choose a subprotocol name the format in the query.
    private static Encoding encoding(WebSocketSession session, HttpRequest<?> request) {
        boolean protobuf = session.getSubprotocol()
                        .filter(Encoding.PROTOBUF_SUBPROTOCOL::equals)
                        .isPresent()
                || "protobuf".equals(request.getParameters().get("format"))
                || "protobuf".equals(request.getParameters().get("cf_protocol"));
        return protobuf ? Encoding.PROTOBUF : Encoding.JSON;
    }

    /// Micronaut wants one. No message gets this far.
    @OnMessage
    void never(String message) {}
}
