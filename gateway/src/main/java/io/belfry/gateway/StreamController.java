package io.belfry.gateway;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.server.netty.NettyHttpRequest;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.rules.SecurityRule;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpServerCodec;
import java.util.concurrent.CompletableFuture;

/// Where event streams are asked for. Micronaut routes the request and runs the filters ([UpgradeGuard]); then a
/// [StreamConnection] takes the channel over and answers in Micronaut's stead, so that a stream costs what a WebSocket
/// does and is under the same guards.
@Controller
@Secured(SecurityRule.IS_ANONYMOUS)
final class StreamController {
    static final String PATH = "/v1/stream";

    private static final String NAME = "belfry-stream";

    private final Gateway gateway;
    private final ClientAddresses addresses;

    StreamController(Gateway gateway, ClientAddresses addresses) {
        this.gateway = gateway;
        this.addresses = addresses;
    }

    /// @return never done, unless the channel is one that cannot be taken over
    @Get(PATH)
    CompletableFuture<HttpResponse<?>> stream(HttpRequest<?> request) {
        Channel channel =
                ((NettyHttpRequest<?>) request).getChannelHandlerContext().channel();
        if (channel.pipeline().get(HttpServerCodec.class) == null) {
            return CompletableFuture.completedFuture(
                    Refusal.of(HttpStatus.HTTP_VERSION_NOT_SUPPORTED, "streams are sent over HTTP/1.1"));
        }
        StreamRequest wanted = StreamRequest.of(request);
        String address = addresses.of(request);
        // Not within Micronaut's own work on the request.
        channel.eventLoop().execute(() -> {
            if (channel.isActive()) {
                Takeover.limit(channel, gateway.settings().limits());
                StreamConnection connection = gateway.stream(channel, wanted, address);
                Takeover.replace(channel, NAME, connection);
                connection.begin();
            }
        });
        return new CompletableFuture<>();
    }
}
