package io.belfry.gateway;

import io.micronaut.context.BeanProvider;
import io.micronaut.context.event.BeanCreatedEvent;
import io.micronaut.context.event.BeanCreatedEventListener;
import io.micronaut.http.netty.channel.ChannelPipelineCustomizer;
import io.micronaut.http.server.netty.NettyServerCustomizer;
import io.micronaut.http.server.netty.websocket.NettyServerWebSocketUpgradeHandler;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.concurrent.Future;
import jakarta.inject.Singleton;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Changes to the pipeline of every HTTP connection that Micronaut makes:
///
/// - A connection that does not get the headers of a request out in time is closed. Micronaut's own timer starts again
///   with every byte, so that a client who sends one a minute would keep a connection for ever.
/// - Compression of WebSocket messages is not offered. Inflating has no limit there, and every deflating connection
///   would need a window of its own and an encoding of its own.
/// - Connections of proxies that speak the PROXY protocol begin with a [ProxyHeader].
@Singleton
final class HttpPipeline implements BeanCreatedEventListener<NettyServerCustomizer.Registry> {
    private static final Logger LOG = LoggerFactory.getLogger(HttpPipeline.class);

    private final long patienceMillis;
    private final Networks proxies;
    private final BeanProvider<GatewayMetrics> metrics;

    /// @param metrics not to be asked for before the server runs: what listens to the making of beans is made before
    ///     them
    HttpPipeline(GatewaySettings settings, BeanProvider<GatewayMetrics> metrics) {
        this.patienceMillis = settings.headerTimeout().toMillis();
        this.proxies = new Networks("belfry.gateway.proxy-protocol-from", settings.proxyProtocolFrom());
        this.metrics = metrics;
    }

    @Override
    public NettyServerCustomizer.Registry onCreated(BeanCreatedEvent<NettyServerCustomizer.Registry> event) {
        event.getBean().register(new Customizer(null));
        return event.getBean();
    }

    /// Which way of waiting for sockets was found to work here.
    private void tell(Channel listener) {
        String kind = listener.getClass().getSimpleName();
        String transport = kind.startsWith("IoUring") ? "io_uring" : kind.startsWith("Epoll") ? "epoll" : "nio";
        LOG.info("Clients are served through {}", transport);
        metrics.get().transport(transport);
    }

    private final class Customizer implements NettyServerCustomizer {
        private final Channel channel;

        Customizer(Channel channel) {
            this.channel = channel;
        }

        @Override
        public NettyServerCustomizer specializeForChannel(Channel specialized, ChannelRole role) {
            if (role == ChannelRole.LISTENER) {
                tell(specialized);
            }
            return role == ChannelRole.CONNECTION ? new Customizer(specialized) : this;
        }

        @Override
        public void onInitialPipelineBuilt() {
            boolean isProxy =
                    channel.remoteAddress() instanceof InetSocketAddress remote && proxies.contain(remote.getAddress());
            if (isProxy) {
                ProxyHeader.expect(channel.pipeline());
            }
        }

        @Override
        public void onStreamPipelineBuilt() {
            ChannelPipeline pipeline = channel.pipeline();
            if (pipeline.get(NettyServerWebSocketUpgradeHandler.COMPRESSION_HANDLER) != null) {
                pipeline.remove(NettyServerWebSocketUpgradeHandler.COMPRESSION_HANDLER);
            }
            String codec = ChannelPipelineCustomizer.HANDLER_HTTP_SERVER_CODEC;
            if (pipeline.get(codec) != null) {
                var clock = new HeaderClock();
                pipeline.addBefore(codec, "belfry-request-bytes", clock);
                pipeline.addAfter(codec, "belfry-request-headers", new HeaderEnd(clock));
            }
        }
    }

    /// Sees bytes before they are parsed: the first of a request starts the clock.
    private final class HeaderClock extends ChannelInboundHandlerAdapter {
        private Future<?> deadline;
        private boolean inRequest;

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            start(ctx);
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (!inRequest && deadline == null) {
                start(ctx);
            }
            ctx.fireChannelRead(message);
        }

        private void start(ChannelHandlerContext ctx) {
            deadline = ctx.executor()
                    .schedule(
                            () -> {
                                metrics.get().hit(Guard.HEADERS);
                                ctx.close();
                            },
                            patienceMillis,
                            TimeUnit.MILLISECONDS);
        }

        void headersEnd() {
            inRequest = true;
            stop();
        }

        void requestEnds() {
            inRequest = false;
        }

        private void stop() {
            if (deadline != null) {
                deadline.cancel(false);
                deadline = null;
            }
        }

        @Override
        public void handlerRemoved(ChannelHandlerContext ctx) {
            stop();
        }
    }

    private static final class HeaderEnd extends ChannelInboundHandlerAdapter {
        private final HeaderClock clock;

        HeaderEnd(HeaderClock clock) {
            this.clock = clock;
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            if (message instanceof HttpRequest) {
                clock.headersEnd();
            }
            if (message instanceof LastHttpContent) {
                clock.requestEnds();
            }
            ctx.fireChannelRead(message);
        }
    }
}
