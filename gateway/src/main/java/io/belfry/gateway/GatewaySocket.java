package io.belfry.gateway;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.server.netty.NettyHttpRequest;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.rules.SecurityRule;
import io.micronaut.websocket.WebSocketSession;
import io.micronaut.websocket.annotation.OnMessage;
import io.micronaut.websocket.annotation.OnOpen;
import io.micronaut.websocket.annotation.ServerWebSocket;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.websocketx.WebSocketFrameDecoder;

/// Where clients connect. Micronaut routes the request, runs the filters ([UpgradeGuard]) and answers the upgrade; then
/// this takes the channel over and leaves in its pipeline nothing but TLS and a [Connection].
///
/// Micronaut calls [#open] on the event loop, after the answer was written and before anything of the client's was
/// read. At that moment the frame decoder stands in front of everything, and the connection takes its place: from then
/// on bytes go no further than that, so it does not matter when the rest is removed. It is removed once the answer is
/// on its way, because Netty itself removes the HTTP codec then.
///
/// Why not keep Micronaut's handlers: they inflate what a client claims to be compressed without limit, answer pings
/// without back-pressure, keep the request and a dozen handlers for every socket, and encode each message for each
/// connection.
@ServerWebSocket(value = GatewaySocket.PATH, subprotocols = Encoding.PROTOBUF_SUBPROTOCOL)
@Secured(SecurityRule.IS_ANONYMOUS)
final class GatewaySocket {
    static final String PATH = "/connection/websocket";

    private static final String NAME = "belfry-connection";

    private final Gateway gateway;
    private final ClientAddresses addresses;

    GatewaySocket(Gateway gateway, ClientAddresses addresses) {
        this.gateway = gateway;
        this.addresses = addresses;
    }

    @OnOpen
    void open(WebSocketSession session, HttpRequest<?> request) {
        Channel channel =
                ((NettyHttpRequest<?>) request).getChannelHandlerContext().channel();
        Takeover.limit(channel, gateway.settings().limits());
        ChannelPipeline pipeline = channel.pipeline();
        Takeover.releaseHttp(pipeline);
        ChannelHandlerContext decoder = pipeline.context(WebSocketFrameDecoder.class);
        WebSocketConnection connection = gateway.open(channel, encoding(session, request), addresses.of(request));
        pipeline.replace(decoder.name(), NAME, connection);
        pipeline.context(NAME).writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> Takeover.strip(channel));
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
