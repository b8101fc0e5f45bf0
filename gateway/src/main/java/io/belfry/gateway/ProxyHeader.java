package io.belfry.gateway;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.haproxy.HAProxyMessage;
import io.netty.handler.codec.haproxy.HAProxyMessageDecoder;
import io.netty.util.AttributeKey;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.util.Optional;

/// What a proxy says before anything else on a connection: whose it is (PROXY protocol, versions 1 and 2). A connection
/// that begins otherwise is closed, since whether there is such a header must not be guessed. Leaves the pipeline once
/// it has been read. On the channel's event loop.
final class ProxyHeader extends ChannelInboundHandlerAdapter {
    private static final AttributeKey<InetAddress> CLIENT = AttributeKey.valueOf("belfry-client-address");
    private static final String NAME = "belfry-proxy-header";

    private ProxyHeader() {}

    /// Before TLS, which is the client's own.
    static void expect(ChannelPipeline pipeline) {
        pipeline.addFirst(NAME, new ProxyHeader());
        pipeline.addFirst(new HAProxyMessageDecoder());
    }

    /// From where the proxy says the client comes, if one did.
    static Optional<InetAddress> clientOf(Channel channel) {
        return Optional.ofNullable(channel.attr(CLIENT).get());
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof HAProxyMessage header)) {
            ctx.fireChannelRead(message);
            return;
        }
        // A proxy that only looks whether the node lives names nobody.
        if (header.sourceAddress() != null) {
            ctx.channel().attr(CLIENT).set(NetUtil.createInetAddressFromIpAddressString(header.sourceAddress()));
        }
        header.release();
        ctx.pipeline().remove(this);
    }

    /// It was no such header.
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
