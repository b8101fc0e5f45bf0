package io.belfry.benchmarks.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// The WebSockets of a run, user `i` on socket `i`. All of them live on one event loop.
public final class Sockets implements AutoCloseable {
    /// How many may be on their way at once: a server's queue of new connections is not what is measured.
    private static final int ON_THEIR_WAY = 256;

    private static final int READ_BYTES = 4096;

    private final Plan plan;
    private final Users users;
    private final Bootstrap bootstrap;
    private final EventLoop loop;
    private final ChannelGroup channels;
    private final Arrivals arrivals = new Arrivals();
    private final Socket[] sockets;
    private final ArrayList<ChannelHandlerContext> unflushed = new ArrayList<>();
    private final CountDownLatch ready;
    private int next;
    private boolean closing;
    private volatile String failure;
    private final long beganNanos = System.nanoTime();
    private volatile long readyNanos;

    private Sockets(Generator generator, Plan plan, Users users) {
        this.plan = plan;
        this.users = users;
        this.sockets = new Socket[users.count()];
        this.ready = new CountDownLatch(users.count());
        Bootstrap sockets = generator.forSockets(plan.server());
        this.loop = sockets.config().group().next();
        this.channels = new DefaultChannelGroup(loop);
        this.bootstrap = sockets.option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(READ_BYTES));
    }

    /// Opens one for each user, and waits until the server has answered all.
    ///
    /// @throws IllegalStateException when one fails, or not all are ready in that time
    public static Sockets open(Generator generator, Plan plan, Users users, Duration patience)
            throws InterruptedException {
        Sockets sockets = new Sockets(generator, plan, users);
        for (int i = 0; i < ON_THEIR_WAY; i++) {
            sockets.loop.execute(sockets::openNext);
        }
        long deadline = System.nanoTime() + patience.toNanos();
        while (!sockets.ready.await(20, TimeUnit.MILLISECONDS)) {
            if (sockets.failure != null || System.nanoTime() > deadline) {
                String why = sockets.failure + "; " + sockets.ready.getCount() + " of " + users.count() + " not ready";
                sockets.close();
                throw new IllegalStateException("cannot open the sockets: " + why);
            }
        }
        sockets.readyNanos = System.nanoTime();
        return sockets;
    }

    private void openNext() {
        if (next == sockets.length || closing) {
            return;
        }
        int number = next++;
        Socket socket = new Socket(this, number, users.sentTo(number));
        sockets[number] = socket;
        bootstrap
                .clone()
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channels.add(channel);
                        channel.pipeline().addLast(socket);
                    }
                })
                .connect()
                .addListener(connected -> {
                    if (!connected.isSuccess()) {
                        failed(number, String.valueOf(connected.cause().getMessage()));
                    }
                });
    }

    // For the sockets, on the loop ------------------------------------------------------------------------------

    Plan plan() {
        return plan;
    }

    Arrivals arrivals() {
        return arrivals;
    }

    void ready() {
        ready.countDown();
        openNext();
    }

    void failed(int number, String why) {
        if (!closing && failure == null) {
            failure = "socket " + number + ": " + why;
        }
    }

    void closed(Socket socket) {
        failed(socket.number, "closed by the server");
    }

    void unflushed(ChannelHandlerContext context) {
        unflushed.add(context);
    }

    void flush() {
        unflushed.forEach(ChannelHandlerContext::flush);
        unflushed.clear();
    }

    // For the runner --------------------------------------------------------------------------------------------

    public int count() {
        return sockets.length;
    }

    /// Sockets made ready per second.
    public double connectsPerSecond() {
        return sockets.length * 1e9 / (readyNanos - beganNanos);
    }

    /// Notifications that came since the last [#forget].
    public long arrived() {
        return arrivals.count();
    }

    /// @throws IllegalStateException when a socket was closed or broke
    public void check() {
        if (failure != null) {
            throw new IllegalStateException(failure);
        }
    }

    /// What came since the last [#forget], and what is missing of all that was sent.
    public Outcome outcome() throws InterruptedException {
        return onLoop(() -> {
            long lost = 0;
            for (Socket socket : sockets) {
                lost += socket.lost(users.sentTo(socket.number));
            }
            return new Outcome(arrivals.summary(), lost);
        });
    }

    /// Counting begins anew.
    public void forget() throws InterruptedException {
        onLoop(() -> {
            arrivals.forget();
            return null;
        });
    }

    /// The first ones read nothing any more, as clients on a dead network do.
    public void stall(int count) {
        channels.stream().limit(count).forEach(channel -> channel.config().setAutoRead(false));
    }

    /// Waits until so many came, or no more come.
    ///
    /// @return whether they came
    public boolean awaitArrived(long wanted, Duration quiet) throws InterruptedException {
        long before = -1;
        long since = System.nanoTime();
        while (arrived() < wanted) {
            long now = System.nanoTime();
            if (arrived() != before) {
                before = arrived();
                since = now;
            } else if (now - since > quiet.toNanos()) {
                return false;
            }
            TimeUnit.MILLISECONDS.sleep(1);
        }
        return true;
    }

    /// Waits for everything that was sent.
    ///
    /// @param quiet after so long without an arrival the rest is lost
    public Outcome awaitAll(Duration quiet) throws InterruptedException {
        Outcome outcome = outcome();
        long since = System.nanoTime();
        while (outcome.lost() > 0 && System.nanoTime() - since < quiet.toNanos()) {
            long before = arrived();
            TimeUnit.MILLISECONDS.sleep(10);
            if (arrived() != before) {
                since = System.nanoTime();
            }
            outcome = outcome();
        }
        check();
        return outcome;
    }

    private <T> T onLoop(Callable<T> work) throws InterruptedException {
        return loop.submit(work).sync().getNow();
    }

    @Override
    public void close() {
        loop.submit(() -> closing = true).syncUninterruptibly();
        channels.close().syncUninterruptibly();
    }

    /// What the sockets saw.
    ///
    /// @param lost notifications that were sent and did not come
    public record Outcome(Arrivals.Summary arrivals, long lost) {
        public long count() {
            return arrivals.count();
        }

        public long duplicates() {
            return arrivals.duplicates();
        }

        public long reordered() {
            return arrivals.reordered();
        }

        public double millis(double percentile) {
            return arrivals.latency().getValueAtPercentile(percentile) / 1_000.0;
        }

        /// When the last one came, by the clock of [System#nanoTime].
        public long lastNanos() {
            return arrivals.lastNanos();
        }
    }
}
