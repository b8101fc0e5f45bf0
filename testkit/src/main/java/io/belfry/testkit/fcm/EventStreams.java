package io.belfry.testkit.fcm;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// The open event streams (server-sent events). Runs on the simulator's one event loop, so a stream's first page
/// and what follows it leave no gap. A reader that is too slow misses events and is told to `reload`, so that
/// nothing queues.
final class EventStreams {

    private static final int MAX_STREAMS = 200;
    private static final int HEARTBEAT_SECONDS = 15;

    private final long epoch;
    private final Map<Channel, Stream> streams = new ConcurrentHashMap<>();

    /// @param epoch tells this run's positions from those of an earlier one
    EventStreams(long epoch) {
        this.epoch = epoch;
    }

    private static final class Stream {
        final String token;
        boolean missed;

        Stream(String token) {
            this.token = token;
        }

        boolean wants(String other) {
            return token.isEmpty() || token.equals(other);
        }
    }

    /// Starts a stream with `first`; `token` empty means all. False when there are too many.
    boolean open(Channel channel, String token, List<ReceivedMessage> first) {
        if (streams.size() >= MAX_STREAMS) {
            return false;
        }
        HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
        head.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, "text/event-stream; charset=UTF-8")
                .set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE);
        HttpUtil.setTransferEncodingChunked(head, true);
        channel.write(head);
        channel.write(chunk("retry: 1000\nevent: hello\ndata: {\"epoch\":" + epoch + "}\n\n"));
        first.forEach(message -> channel.write(chunk(event(message))));
        channel.flush();
        streams.put(channel, new Stream(token));
        channel.closeFuture().addListener(closed -> streams.remove(channel));
        heartbeat(channel);
        return true;
    }

    void publish(ReceivedMessage message) {
        if (!streams.isEmpty()) {
            send(stream -> stream.wants(message.token()), event(message));
        }
    }

    void cleared(String token) {
        send(stream -> token.isEmpty() || stream.wants(token), "event: reload\ndata: {}\n\n");
    }

    void writable(Channel channel) {
        Stream stream = streams.get(channel);
        if (stream != null && stream.missed && channel.isWritable()) {
            stream.missed = false;
            channel.writeAndFlush(chunk("event: reload\ndata: {}\n\n"));
        }
    }

    private void send(Predicate<Stream> to, String event) {
        streams.forEach((channel, stream) -> {
            if (!to.test(stream)) {
                return;
            }
            if (channel.isWritable()) {
                channel.writeAndFlush(chunk(event));
            } else {
                stream.missed = true;
            }
        });
    }

    private static void heartbeat(Channel channel) {
        var beat = channel.eventLoop()
                .scheduleWithFixedDelay(
                        () -> {
                            if (channel.isWritable()) {
                                channel.writeAndFlush(chunk(": beat\n\n"));
                            }
                        },
                        HEARTBEAT_SECONDS,
                        HEARTBEAT_SECONDS,
                        TimeUnit.SECONDS);
        channel.closeFuture().addListener(closed -> beat.cancel(false));
    }

    private String event(ReceivedMessage message) {
        return "id: " + epoch + "-" + message.sequence() + "\nevent: message\ndata: " + message.toJson() + "\n\n";
    }

    private static DefaultHttpContent chunk(String text) {
        ByteBuf bytes = Unpooled.buffer(ByteBufUtil.utf8MaxBytes(text));
        ByteBufUtil.writeUtf8(bytes, text);
        return new DefaultHttpContent(bytes);
    }
}
