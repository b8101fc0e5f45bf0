package io.belfry.gateway;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.AttributeKey;
import java.util.Map;

/// Makes a channel of Micronaut's one that holds nothing but TLS and a [Connection]. On the channel's event loop.
final class Takeover {
    private Takeover() {}

    /// Bounds what the process and the system hold for a client that does not read.
    static void limit(Channel channel, GatewaySettings.Limits limits) {
        int high = limits.outboundBytes();
        channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(high / 2, high));
        channel.config().setOption(ChannelOption.SO_SNDBUF, limits.sendBufferBytes());
    }

    /// After the answer to an upgrade. The HTTP codec is removed by Netty.
    static void strip(Channel channel) {
        ChannelPipeline pipeline = channel.pipeline();
        for (Map.Entry<String, ChannelHandler> entry : pipeline.toMap().entrySet()) {
            ChannelHandler handler = entry.getValue();
            boolean stays = handler instanceof Connection
                    || handler instanceof SslHandler
                    || handler instanceof HttpServerCodec;
            if (!stays) {
                pipeline.remove(handler);
            }
        }
        // What Micronaut remembers of the request.
        channel.attr(AttributeKey.valueOf("stream-pipeline")).set(null);
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
