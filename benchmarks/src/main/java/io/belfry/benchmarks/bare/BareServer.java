package io.belfry.benchmarks.bare;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// What fan-out costs at least on Netty: a WebSocket server that knows no tokens, offsets, receipts or limits. One
/// event loop holds everything: each connection subscribes a Redis channel and is written what comes on it. It is what
/// the gateway is compared with, on the same transport, in the same session.
public final class BareServer {
    /// The channel that goes to every connection.
    public static final String EVERYONE = "everyone";

    private static final int READ_BYTES = 512;
    private static final int REDIS_READ_BYTES = 1 << 16;

    private BareServer() {}

    /// @param arguments Redis' port and password, and a file to write the server's port to once it listens
    public static void main(String[] arguments) throws Exception {
        boolean uring = IoUring.isAvailable();
        IoHandlerFactory io = uring ? IoUringIoHandler.newFactory() : EpollIoHandler.newFactory();
        EventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, io);
        Class<? extends Channel> socket = uring ? IoUringSocketChannel.class : EpollSocketChannel.class;
        Class<? extends ServerChannel> listener =
                uring ? IoUringServerSocketChannel.class : EpollServerSocketChannel.class;
        BareFeeds feeds = new BareFeeds(arguments[1]);
        new Bootstrap()
                .group(loop)
                .channel(socket)
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(REDIS_READ_BYTES))
                .handler(feeds)
                .connect(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0]))
                .sync();
        Channel server = new ServerBootstrap()
                .group(loop)
                .channel(listener)
                .option(ChannelOption.SO_BACKLOG, 4096)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(READ_BYTES))
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new BareConnection(feeds));
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
        Path file = Path.of(arguments[2]);
        Path whole = Files.writeString(
                file.resolveSibling("port.tmp"),
                Integer.toString(((InetSocketAddress) server.localAddress()).getPort()));
        Files.move(whole, file, StandardCopyOption.ATOMIC_MOVE);
        server.closeFuture().sync();
    }
}
