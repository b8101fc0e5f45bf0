package io.belfry.benchmarks.bare;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/// One WebSocket of the bare server. Its path names its channel.
final class BareConnection extends ChannelInboundHandlerAdapter {
    private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    private static final String KEY = "Sec-WebSocket-Key: ";

    private final BareFeeds feeds;
    private ChannelHandlerContext context;
    private String channel;

    BareConnection(BareFeeds feeds) {
        this.feeds = feeds;
    }

    /// The load generator sends its request in one packet, and nothing else.
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (channel == null) {
            upgrade(ctx, in.toString(StandardCharsets.US_ASCII));
        }
        in.release();
    }

    private void upgrade(ChannelHandlerContext ctx, String request) {
        context = ctx;
        channel = request.substring(request.indexOf('/') + 1, request.indexOf(' ', 4));
        int from = request.indexOf(KEY) + KEY.length();
        String key = request.substring(from, request.indexOf('\r', from));
        String answer = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Accept: " + accept(key) + "\r\n\r\n";
        ctx.writeAndFlush(Unpooled.copiedBuffer(answer, StandardCharsets.US_ASCII), ctx.voidPromise());
        feeds.subscribe(channel, this);
    }

    private static String accept(String key) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-1", e);
        }
    }

    void write(ByteBuf frame) {
        if (context.channel().isWritable()) {
            context.writeAndFlush(frame, context.voidPromise());
        } else {
            frame.release();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (channel != null) {
            feeds.unsubscribe(channel);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }
}
