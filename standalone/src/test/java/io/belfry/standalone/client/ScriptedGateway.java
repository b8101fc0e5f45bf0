package io.belfry.standalone.client;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/// Plays a gateway's part word for word: each frame that a client sends is answered by the next lines of the script.
/// `close 3001 reason` closes instead.
final class ScriptedGateway implements AutoCloseable {
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Channel server;
    private final List<List<String>> script;

    /// @param script for each frame of a client, in order over all connections, what is answered
    ScriptedGateway(List<List<String>> script) {
        this.script = new CopyOnWriteArrayList<>(script);
        this.server = new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(new HttpServerCodec())
                                .addLast(new HttpObjectAggregator(8192))
                                .addLast(new WebSocketServerProtocolHandler("/connection/websocket"))
                                .addLast(new Player());
                    }
                })
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .syncUninterruptibly()
                .channel();
    }

    String url() {
        return "http://localhost:" + ((InetSocketAddress) server.localAddress()).getPort();
    }

    List<String> heard() {
        return heard;
    }

    @Override
    public void close() {
        server.close().syncUninterruptibly();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private final class Player extends SimpleChannelInboundHandler<TextWebSocketFrame> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, TextWebSocketFrame frame) {
            heard.add(frame.text());
            for (String line : script.isEmpty() ? List.<String>of() : script.removeFirst()) {
                if (line.startsWith("close ")) {
                    String[] words = line.split(" ", 3);
                    context.writeAndFlush(new CloseWebSocketFrame(Integer.parseInt(words[1]), words[2]));
                } else {
                    context.writeAndFlush(new TextWebSocketFrame(line));
                }
            }
        }
    }
}
