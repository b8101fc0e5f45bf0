package io.belfry.benchmarks.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/// The threads that make load: one for sockets, one for requests, so that what is measured on the first is not held up
/// by the second. Loopback targets only.
public final class Generator implements AutoCloseable {
    private final EventLoopGroup sockets;
    private final EventLoopGroup requests;
    private final Class<? extends Channel> channel;

    public Generator() {
        boolean epoll = Epoll.isAvailable();
        IoHandlerFactory io = epoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
        this.sockets = new MultiThreadIoEventLoopGroup(1, io);
        this.requests = new MultiThreadIoEventLoopGroup(1, io);
        this.channel = epoll ? EpollSocketChannel.class : NioSocketChannel.class;
    }

    Bootstrap forSockets(InetSocketAddress server) {
        return bootstrap(sockets, server);
    }

    Bootstrap forRequests(InetSocketAddress server) {
        return bootstrap(requests, server);
    }

    private Bootstrap bootstrap(EventLoopGroup loops, InetSocketAddress server) {
        if (!server.getAddress().isLoopbackAddress()) {
            throw new IllegalArgumentException(server + " (expected: a loopback address)");
        }
        return new Bootstrap().group(loops).channel(channel).remoteAddress(server);
    }

    @Override
    public void close() {
        sockets.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        requests.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
