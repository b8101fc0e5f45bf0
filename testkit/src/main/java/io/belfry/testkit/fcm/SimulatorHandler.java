package io.belfry.testkit.fcm;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Routes the requests of one connection and ends them as decided. One per connection, on its event loop.
final class SimulatorHandler extends SimpleChannelInboundHandler<FullHttpRequest> {

    private static final Pattern SEND = Pattern.compile("/v1/projects/([A-Za-z0-9:._-]{1,100})/messages:send");

    private final FcmSimulator simulator;
    private final SendEndpoint sends;
    private final ControlEndpoint control;
    private final Pages pages;
    private final EventStreams streams;
    private boolean counted;

    SimulatorHandler(
            FcmSimulator simulator, SendEndpoint sends, ControlEndpoint control, Pages pages, EventStreams streams) {
        this.simulator = simulator;
        this.sends = sends;
        this.control = control;
        this.pages = pages;
        this.streams = streams;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
        QueryStringDecoder uri = new QueryStringDecoder(request.uri());
        String path = uri.path();
        boolean keepAlive = HttpUtil.isKeepAlive(request);
        if (request.method().equals(HttpMethod.POST)) {
            Matcher send = SEND.matcher(path);
            if (send.matches()) {
                enter();
                String authorization = request.headers().get(HttpHeaderNames.AUTHORIZATION);
                end(context, keepAlive, sends.handle(send.group(1), authorization, text(request)));
                return;
            }
            if (path.equals("/token")) {
                end(context, keepAlive, sends.token(text(request)));
                return;
            }
        }
        if (request.method().equals(HttpMethod.GET) && path.equals("/simulator/events")) {
            stream(context, uri, request.headers().get("Last-Event-ID"));
            return;
        }
        if (path.startsWith("/simulator/")) {
            respond(context, keepAlive, control.handle(request));
            return;
        }
        respond(context, keepAlive, pages.at(path).orElseGet(Failure.BARE_NOT_FOUND::answer));
    }

    private static String text(FullHttpRequest request) {
        return request.content().toString(StandardCharsets.UTF_8);
    }

    private void stream(ChannelHandlerContext context, QueryStringDecoder uri, String lastEventId) {
        String token = ControlEndpoint.parameter(uri, "token");
        if (!streams.open(context.channel(), token, simulator.recent(token, lastEventId))) {
            respond(context, false, ControlEndpoint.problem(503, "Too many event streams"));
        }
    }

    private void end(ChannelHandlerContext context, boolean keepAlive, SendEndpoint.Outcome outcome) {
        Duration wait = outcome.delay().plus(simulator.latency());
        if (wait.isZero()) {
            finish(context, keepAlive, outcome);
        } else {
            context.executor()
                    .schedule(() -> finish(context, keepAlive, outcome), wait.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    private void finish(ChannelHandlerContext context, boolean keepAlive, SendEndpoint.Outcome outcome) {
        switch (outcome.ending()) {
            case ANSWER -> respond(context, keepAlive, outcome.answer());
            case DROP -> context.close();
            case RESET -> {
                context.channel().config().setOption(ChannelOption.SO_LINGER, 0);
                context.close();
            }
            // Past the codec, which would make a whole response of it.
            case CUT ->
                context.pipeline()
                        .firstContext()
                        .writeAndFlush(Unpooled.copiedBuffer(
                                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"na",
                                StandardCharsets.US_ASCII))
                        .addListener(ChannelFutureListener.CLOSE);
            case HANG -> {
                // Silence is the point; the connection's end frees its place.
            }
        }
    }

    private void respond(ChannelHandlerContext context, boolean keepAlive, Answer answer) {
        leave();
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(answer.status()),
                Unpooled.wrappedBuffer(answer.body()));
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, answer.contentType());
        answer.headers().forEach(response.headers()::set);
        HttpUtil.setContentLength(response, answer.body().length);
        HttpUtil.setKeepAlive(response, keepAlive);
        var written = context.writeAndFlush(response);
        if (!keepAlive) {
            written.addListener(ChannelFutureListener.CLOSE);
        }
    }

    private void enter() {
        if (!counted) {
            counted = true;
            simulator.enter();
        }
    }

    private void leave() {
        if (counted) {
            counted = false;
            simulator.leave();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) throws Exception {
        leave();
        super.channelInactive(context);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) throws Exception {
        streams.writable(context.channel());
        super.channelWritabilityChanged(context);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        context.close();
    }
}
