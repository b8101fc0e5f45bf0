package io.belfry.benchmarks.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;

/// POSTs events over kept-alive connections, one request at a time on each: as fast as answers come, or so many a
/// second, whose latency then counts from when each was due and not from when a connection was free.
public final class Requests implements AutoCloseable {
    private static final ByteBuf END_OF_HEADERS =
            Unpooled.unreleasableBuffer(Unpooled.copiedBuffer("\r\n\r\n", StandardCharsets.US_ASCII));
    private static final long TICK_MICROS = 500;

    private final Events events;
    private final String head;
    private final EventLoop loop;
    private final List<Client> clients = new ArrayList<>();
    private final ArrayDeque<Client> idle = new ArrayDeque<>();
    private final AtomicLong accepted = new AtomicLong();
    private final Histogram latency = new Histogram(60_000_000, 3);
    private volatile String failure;
    private long beganNanos;
    private long issued;
    private double perSecond;
    private LongSupplier room = () -> Long.MAX_VALUE;
    private boolean running;

    private Requests(EventLoop loop, Events events, String head) {
        this.loop = loop;
        this.events = events;
        this.head = head;
    }

    /// Opens the connections.
    public static Requests open(Generator generator, InetSocketAddress server, String apiKey, Events events)
            throws InterruptedException {
        String head = "POST " + events.path() + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + apiKey
                + "\r\nContent-Type: application/json\r\nContent-Length: ";
        Bootstrap bootstrap = generator.forRequests(server).option(ChannelOption.TCP_NODELAY, true);
        Requests requests = new Requests(bootstrap.config().group().next(), events, head);
        for (int i = 0; i < events.connections(); i++) {
            Client client = requests.new Client(i);
            requests.clients.add(client);
            requests.idle.add(client);
            client.channel = bootstrap.clone().handler(client).connect().sync().channel();
        }
        return requests;
    }

    /// As fast as answers come.
    ///
    /// @param room how many more notifications may be under way now: what is accepted and not delivered is bounded
    public void run(Duration duration, LongSupplier room) throws InterruptedException {
        run(duration, Double.POSITIVE_INFINITY, room);
    }

    /// So many events a second.
    public void run(Duration duration, double perSecond) throws InterruptedException {
        run(duration, perSecond, () -> Long.MAX_VALUE);
    }

    private void run(Duration duration, double rate, LongSupplier space) throws InterruptedException {
        loop.submit(() -> {
                    accepted.set(0);
                    latency.reset();
                    issued = 0;
                    perSecond = rate;
                    room = space;
                    running = true;
                    beganNanos = System.nanoTime();
                    issueDue();
                })
                .sync();
        var tick = loop.scheduleAtFixedRate(this::issueDue, TICK_MICROS, TICK_MICROS, TimeUnit.MICROSECONDS);
        TimeUnit.NANOSECONDS.sleep(duration.toNanos());
        tick.cancel(false);
        loop.submit(() -> running = false).sync();
        awaitAnswers();
    }

    private void awaitAnswers() throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (loop.submit(idle::size).sync().getNow() < clients.size()) {
            if (failure != null || System.nanoTime() > deadline) {
                break;
            }
            TimeUnit.MILLISECONDS.sleep(1);
        }
        check();
    }

    private void issueDue() {
        long now = System.nanoTime();
        while (running && !idle.isEmpty()) {
            long due = now;
            if (!Double.isInfinite(perSecond)) {
                due = beganNanos + (long) (issued * events.perRequest() * 1e9 / perSecond);
                if (due > now) {
                    return;
                }
            } else if (room.getAsLong() < (long) events.perRequest() * events.recipients()) {
                return;
            }
            issued++;
            idle.poll().send(due);
        }
    }

    /// Events that were answered 202 in the last run.
    public long accepted() {
        return accepted.get();
    }

    /// From when a request was due to its answer. Between runs only.
    public double millis(double percentile) {
        return latency.getValueAtPercentile(percentile) / 1_000.0;
    }

    private void check() {
        if (failure != null) {
            throw new IllegalStateException(failure);
        }
    }

    @Override
    public void close() {
        for (Client client : clients) {
            client.channel.close().syncUninterruptibly();
        }
    }

    /// One connection.
    private final class Client extends ChannelInboundHandlerAdapter {
        private final int number;
        private Channel channel;
        private ByteBuf partial;
        private long dueNanos;

        Client(int number) {
            this.number = number;
        }

        void send(long due) {
            dueNanos = due;
            byte[] body = events.next(number, due);
            ByteBuf request = channel.alloc().directBuffer(head.length() + body.length + 16);
            ByteBufUtil.writeAscii(request, head);
            ByteBufUtil.writeAscii(request, body.length + "\r\n\r\n");
            channel.writeAndFlush(request.writeBytes(body), channel.voidPromise());
        }

        @Override
        public void channelRead(ChannelHandlerContext ctx, Object message) {
            ByteBuf in = (ByteBuf) message;
            if (partial != null) {
                partial.writeBytes(in);
                in.release();
                in = partial;
                partial = null;
            }
            if (isWhole(in)) {
                answered(in);
                in.release();
            } else {
                partial = in.isReadable() ? ctx.alloc().buffer(1024).writeBytes(in) : null;
                in.release();
            }
        }

        private boolean isWhole(ByteBuf in) {
            int end = ByteBufUtil.indexOf(END_OF_HEADERS, in);
            if (end < 0) {
                return false;
            }
            String headers = in.toString(in.readerIndex(), end - in.readerIndex(), StandardCharsets.US_ASCII);
            int length = headers.lines()
                    .filter(line -> line.regionMatches(true, 0, "content-length:", 0, 15))
                    .mapToInt(line -> Integer.parseInt(line.substring(15).strip()))
                    .findFirst()
                    .orElse(0);
            return in.writerIndex() >= end + END_OF_HEADERS.readableBytes() + length;
        }

        private void answered(ByteBuf answer) {
            String status = answer.toString(answer.readerIndex() + 9, 3, StandardCharsets.US_ASCII);
            if (!status.equals("202")) {
                failure = "an event was answered " + answer.toString(StandardCharsets.US_ASCII);
                running = false;
            } else {
                accepted.lazySet(accepted.get() + events.perRequest());
                latency.recordValue(Math.clamp((System.nanoTime() - dueNanos) / 1_000, 0, 60_000_000));
            }
            idle.add(this);
            issueDue();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
            failure = "a connection for events broke: " + cause.getMessage();
            ctx.close();
        }
    }
}
