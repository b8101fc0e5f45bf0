package io.belfry.gateway;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.netty.websocket.NettyWebSocketSession;
import io.micronaut.http.server.netty.NettyHttpRequest;
import io.micronaut.http.server.netty.handler.PipeliningServerHandler;
import io.micronaut.http.server.netty.websocket.NettyServerWebSocketHandler;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.WebSocketFrameDecoder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.AttributeKey;
import java.util.Map;

/// Makes a channel of Micronaut's one that holds nothing but TLS and a [Connection]. On the channel's event loop.
final class Takeover {
    private static final String CONNECTION = "belfry-connection";

    private Takeover() {}

    /// Bounds what the process and the system hold for a client that does not read.
    static void limit(Channel channel, GatewaySettings.Limits limits) {
        int high = limits.outboundBytes();
        channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(high / 2, high));
        channel.config().setOption(ChannelOption.SO_SNDBUF, limits.sendBufferBytes());
    }

    /// Makes a connection of a WebSocket whose upgrade was answered, on its event loop.
    ///
    /// Micronaut calls after the answer was written and before anything of the client's was read. At that moment
    /// the frame decoder stands in front of everything, and the connection takes its place: from then on bytes go
    /// no further than that, so it does not matter when the rest is removed. It is removed once the answer is on
    /// its way, because Netty itself removes the HTTP codec then.
    static void ofWebSocket(Gateway gateway, HttpRequest<?> request, Encoding encoding, String address) {
        Channel channel =
                ((NettyHttpRequest<?>) request).getChannelHandlerContext().channel();
        limit(channel, gateway.settings().limits());
        ChannelPipeline pipeline = channel.pipeline();
        releaseHttp(pipeline);
        ChannelHandlerContext decoder = pipeline.context(WebSocketFrameDecoder.class);
        WebSocketConnection connection = gateway.open(channel, encoding, address);
        pipeline.replace(decoder.name(), CONNECTION, connection);
        pipeline.context(CONNECTION).writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(written -> strip(channel));
    }

    /// Before Micronaut's handler of WebSockets comes into the pipeline. Micronaut keeps its HTTP handler for as
    /// long as the channel lives, and a handler that was removed keeps its last neighbours: it has to go before
    /// there is one that keeps the request, or each connection costs some kilobytes more. Micronaut removes it by
    /// its name, which something else has then.
    static void releaseHttp(ChannelPipeline pipeline) {
        ChannelHandlerContext http = pipeline.context(PipeliningServerHandler.class);
        if (http != null) {
            pipeline.remove(http.handler());
            pipeline.addLast(http.name(), new ChannelInboundHandlerAdapter());
        }
    }

    /// After the answer to an upgrade. The HTTP codec is removed by Netty.
    static void strip(Channel channel) {
        ChannelPipeline pipeline = channel.pipeline();
        if (pipeline.get(NettyServerWebSocketHandler.class) != null) {
            // First, so that no other keeps it as its neighbour.
            pipeline.remove(NettyServerWebSocketHandler.class);
        }
        for (Map.Entry<String, ChannelHandler> entry : pipeline.toMap().entrySet()) {
            ChannelHandler handler = entry.getValue();
            boolean stays = handler instanceof Connection
                    || handler instanceof SslHandler
                    || handler instanceof HttpServerCodec;
            if (!stays) {
                pipeline.remove(handler);
            }
        }
        // What Micronaut remembers of the request, and through which it would keep it, its handlers and its headers.
        channel.attr(AttributeKey.valueOf("stream-pipeline")).set(null);
        channel.attr(NettyWebSocketSession.WEB_SOCKET_SESSION_KEY).set(null);
    }

    /// Instead of an answer to a request: the connection answers it itself.
    static void replace(Channel channel, String name, Connection connection) {
        ChannelPipeline pipeline = channel.pipeline();
        SslHandler tls = pipeline.get(SslHandler.class);
        if (tls == null) {
            pipeline.addFirst(name, connection);
        } else {
            pipeline.addAfter(pipeline.context(tls).name(), name, connection);
        }
        strip(channel);
        if (pipeline.get(HttpServerCodec.class) != null) {
            pipeline.remove(HttpServerCodec.class);
        }
    }
}
