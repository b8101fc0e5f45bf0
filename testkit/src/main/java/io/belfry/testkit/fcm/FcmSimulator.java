package io.belfry.testkit.fcm;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/// Speaks the HTTP v1 protocol of Firebase Cloud Messaging on a loopback port, so that tests and the demo need no
/// Google account: `POST /v1/projects/{project}/messages:send` with the real checks and error bodies, OAuth at
/// `POST /token`, failures on demand ([#script]), and at `/` and `/phone/{token}` a phone that shows what arrives.
/// Everything is kept in memory, bounded: the last [#DEFAULT_CAPACITY] messages.
///
/// Thread-safe. One event loop serves all connections, so what is logged and what is streamed have the same order. The
/// port is open when the constructor returns and closed when [#close] does.
public final class FcmSimulator implements AutoCloseable {

    /// How many messages are kept unless told otherwise.
    public static final int DEFAULT_CAPACITY = 10_000;

    private static final int MAX_REQUEST_BYTES = 64 * 1024;
    private static final int SNAPSHOT = 50;

    private final Scripts scripts = new Scripts();
    private final long epoch = System.currentTimeMillis();
    private final EventStreams streams = new EventStreams(epoch);
    private final TokenEndpoint tokens = new TokenEndpoint(InstantSource.system());
    private final MessageLog log;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger peakInFlight = new AtomicInteger();
    private final AtomicInteger connections = new AtomicInteger();
    private final EventLoopGroup loop;
    private final Channel server;
    private final ChannelGroup open;
    private final AtomicBoolean closed = new AtomicBoolean();
    private volatile Duration latency = Duration.ZERO;

    /// Listens on `port` of the loopback interface; 0 picks a free one.
    public FcmSimulator(int port) {
        this(port, DEFAULT_CAPACITY);
    }

    /// As above, keeping the last `capacity` messages.
    public FcmSimulator(int port, int capacity) {
        this(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), capacity);
    }

    /// Listens on `address`. Nothing here is secret, but whoever reaches it can read the pushes: bind to loopback
    /// unless the network is trusted.
    public FcmSimulator(InetSocketAddress address, int capacity) {
        log = new MessageLog(capacity);
        loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        open = new DefaultChannelGroup(loop.next(), true);
        SendEndpoint sends = new SendEndpoint(InstantSource.system(), scripts, tokens, log, streams);
        ControlEndpoint control = new ControlEndpoint(this);
        Pages pages = new Pages();
        try {
            server = new ServerBootstrap()
                    .group(loop)
                    .channel(NioServerSocketChannel.class)
                    .option(ChannelOption.SO_BACKLOG, 1024)
                    .option(ChannelOption.SO_REUSEADDR, true)
                    .childOption(ChannelOption.TCP_NODELAY, true)
                    .childHandler(new ChannelInitializer<SocketChannel>() {
                        @Override
                        protected void initChannel(SocketChannel channel) {
                            connections.incrementAndGet();
                            open.add(channel);
                            channel.pipeline()
                                    .addLast(new HttpServerCodec())
                                    .addLast(new HttpObjectAggregator(MAX_REQUEST_BYTES))
                                    .addLast(new SimulatorHandler(FcmSimulator.this, sends, control, pages, streams));
                        }
                    })
                    .bind(address)
                    .syncUninterruptibly()
                    .channel();
        } catch (RuntimeException e) {
            loop.shutdownGracefully(0, 1, TimeUnit.SECONDS);
            throw e;
        }
    }

    /// The port it listens on.
    public int port() {
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    /// Where it is, without a slash at the end: `http://127.0.0.1:12345`.
    public String url() {
        String host = ((InetSocketAddress) server.localAddress()).getAddress().isAnyLocalAddress()
                ? "127.0.0.1"
                : ((InetSocketAddress) server.localAddress()).getAddress().getHostAddress();
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port();
    }

    /// The page of one phone, for a browser or an iframe.
    public String phoneUrl(String token) {
        return url() + "/phone/"
                + URLEncoder.encode(token, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /// A service account file, as the Firebase console gives it out, whose tokens this simulator issues.
    public String serviceAccount(String project) {
        return tokens.serviceAccount(project, url() + "/token");
    }

    /// Everything received, oldest first, refused messages included.
    public List<ReceivedMessage> messages() {
        return log.select(message -> true);
    }

    /// Everything received for `token`, oldest first, refused messages included.
    public List<ReceivedMessage> messagesTo(String token) {
        return log.select(message -> message.token().equals(token));
    }

    /// What the phone with `token` shows: delivered messages, one per collapse key, oldest first.
    public List<ReceivedMessage> shownOn(String token) {
        return log.shownOn(token);
    }

    /// How many sends arrived since the start, whatever was kept or cleared.
    public long received() {
        return log.received();
    }

    /// How many of them were answered with 200.
    public long accepted() {
        return log.accepted();
    }

    /// How many of them reached a phone.
    public long delivered() {
        return log.delivered();
    }

    /// The most sends that were under way at one time.
    public int peakInFlight() {
        return peakInFlight.get();
    }

    /// How many connections were opened since the start.
    public int connections() {
        return connections.get();
    }

    /// Forgets the messages; scripts and counters stay.
    public void clear() {
        clear("");
    }

    void clear(String token) {
        log.removeIf(message -> token.isEmpty() || message.token().equals(token));
        loop.execute(() -> streams.cleared(token));
    }

    /// Adds a script, to be used up by the next requests it concerns.
    public void script(Script script) {
        scripts.add(script);
    }

    /// Forgets all scripts not yet used up.
    public void clearScripts() {
        scripts.clear();
    }

    /// How long every request waits for its answer from now on.
    public void latency(Duration latency) {
        if (latency.isNegative()) {
            throw new IllegalArgumentException("latency: " + latency + " (expected: >= 0)");
        }
        this.latency = latency;
    }

    /// See [#latency(Duration)].
    public Duration latency() {
        return latency;
    }

    /// Makes every access token issued so far invalid, as if it had expired.
    public void revokeTokens() {
        tokens.revokeAll();
    }

    /// What an event stream starts with: the last few, or what came after the event the reader had last. An id of
    /// another epoch is from before a restart and counts for nothing.
    List<ReceivedMessage> recent(String token, String lastEventId) {
        String mine = epoch + "-";
        boolean resumes = lastEventId != null && lastEventId.matches(mine + "\\d{1,18}");
        long after = resumes ? Long.parseLong(lastEventId.substring(mine.length())) : 0;
        List<ReceivedMessage> all = log.select(message -> message.sequence() > after
                && (token.isEmpty() || message.token().equals(token)));
        return all.subList(Math.max(0, all.size() - SNAPSHOT), all.size());
    }

    void enter() {
        peakInFlight.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
    }

    void leave() {
        inFlight.decrementAndGet();
    }

    /// Closes the port and every connection. May be called again.
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        // A loop that shuts down without a quiet period may end before it has closed what it served.
        server.close().syncUninterruptibly();
        open.close().awaitUninterruptibly();
        loop.shutdownGracefully(0, 2, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
