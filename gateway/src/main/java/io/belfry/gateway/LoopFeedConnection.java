package io.belfry.gateway;

import io.lettuce.core.RedisCredentials;
import io.lettuce.core.RedisException;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/// On an event loop of the gateway's own, for plain TCP. What comes for connections of that loop is written to them
/// without waking another thread, which is what a publication costs most of otherwise.
final class LoopFeedConnection extends ChannelInboundHandlerAdapter implements FeedConnection, RedisAnswers.Reader {
    private final RedisAnswers answers = new RedisAnswers(this);
    private final Duration patience;

    /// Who waits for an answer that is none to a subscription; on the loop.
    private final ArrayDeque<CompletableFuture<Void>> waiting = new ArrayDeque<>();

    private final CompletableFuture<Void> lost = new CompletableFuture<>();
    private final Channel channel;
    private volatile Listener listener;

    /// Blocks until it is connected.
    ///
    /// @param bootstrap with group, channel and address
    /// @throws RedisException when it cannot be
    LoopFeedConnection(Bootstrap bootstrap, RedisCredentials credentials, Duration patience) {
        this.patience = patience;
        ChannelFuture connected = bootstrap
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) patience.toMillis())
                .handler(this)
                .connect()
                .awaitUninterruptibly();
        this.channel = connected.channel();
        if (!connected.isSuccess()) {
            throw new RedisException(connected.cause());
        }
        try {
            if (credentials.hasPassword()) {
                var words = new ArrayList<byte[]>();
                if (credentials.hasUsername()) {
                    words.add(bytes(credentials.getUsername()));
                }
                words.add(bytes(new String(credentials.getPassword())));
                ask("AUTH", words).join();
            }
            ping().join();
        } catch (CompletionException e) {
            channel.close();
            throw new RedisException(e.getCause());
        }
    }

    @Override
    public void listen(Listener told) {
        listener = told;
        // It may be over before anybody listens.
        lost.thenRun(() -> told.lost("disconnected"));
    }

    @Override
    public void subscribe(List<byte[]> feeds) {
        send("SUBSCRIBE", feeds);
    }

    @Override
    public void unsubscribe(List<byte[]> feeds) {
        send("UNSUBSCRIBE", feeds);
    }

    @Override
    public CompletableFuture<?> ping() {
        return ask("PING", List.of());
    }

    @Override
    public void close() {
        channel.close();
    }

    private CompletableFuture<Void> ask(String command, List<byte[]> words) {
        var answer = new CompletableFuture<Void>();
        channel.eventLoop().execute(() -> {
            if (channel.isActive()) {
                waiting.add(answer);
                send(command, words);
            } else {
                answer.completeExceptionally(new RedisException("disconnected"));
            }
        });
        return answer.orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void send(String command, List<byte[]> words) {
        ByteBuf out = channel.alloc().buffer(64 + 64 * words.size());
        ascii(out, "*" + (1 + words.size()) + "\r\n");
        word(out, bytes(command));
        words.forEach(word -> word(out, word));
        channel.writeAndFlush(out, channel.voidPromise());
    }

    private static void word(ByteBuf out, byte[] word) {
        ascii(out, "$" + word.length + "\r\n");
        out.writeBytes(word);
        ascii(out, "\r\n");
    }

    private static void ascii(ByteBuf out, String text) {
        out.writeCharSequence(text, StandardCharsets.US_ASCII);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    // On the loop -----------------------------------------------------------------------------------------------

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        answers.read((ByteBuf) message);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        answers.stop();
        waiting.forEach(answer -> answer.completeExceptionally(new RedisException("disconnected")));
        waiting.clear();
        lost.complete(null);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }

    @Override
    public void onMessage(byte[] feed, byte[] message) {
        listener.message(feed, message);
    }

    @Override
    public void onSubscribed(byte[] feed) {
        listener.subscribed(feed);
    }

    @Override
    public void onDone() {
        CompletableFuture<Void> answer = waiting.poll();
        if (answer != null) {
            answer.complete(null);
        }
    }

    /// An error that nobody waits for is one to a subscription, which would be missed silently.
    @Override
    public void onError(String error) {
        CompletableFuture<Void> answer = waiting.poll();
        if (answer == null) {
            channel.close();
        } else {
            answer.completeExceptionally(new RedisException(error));
        }
    }
}
