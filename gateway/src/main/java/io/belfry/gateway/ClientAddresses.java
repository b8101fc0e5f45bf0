package io.belfry.gateway;

import io.micronaut.http.HttpRequest;
import io.micronaut.http.server.netty.NettyHttpRequest;
import io.netty.channel.Channel;
import io.netty.util.NetUtil;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.util.List;

/// From where clients come: what a proxy says in the PROXY protocol, if it speaks that ([ProxyHeader]), or else the
/// address of the connection. Behind proxies that are trusted it is what they say in `X-Forwarded-For`: the last
/// address there that is none of theirs, since everything before it is what the client claims. What others say
/// there does not count. Thread-safe.
@Singleton
final class ClientAddresses {
    private static final String FORWARDED_FOR = "X-Forwarded-For";
    private static final int MAX_HOPS = 16;

    private final Networks trusted;

    ClientAddresses(GatewaySettings settings) {
        this.trusted = new Networks("belfry.gateway.trusted-proxies", settings.trustedProxies());
    }

    String of(HttpRequest<?> request) {
        Channel channel =
                ((NettyHttpRequest<?>) request).getChannelHandlerContext().channel();
        InetAddress address = ProxyHeader.clientOf(channel)
                .orElseGet(() -> request.getRemoteAddress().getAddress());
        if (trusted.contain(address)) {
            List<String> hops = request.getHeaders().getAll(FORWARDED_FOR).stream()
                    .flatMap(line -> List.of(line.split(",")).stream())
                    .toList()
                    .reversed();
            for (String hop : hops.subList(0, Math.min(MAX_HOPS, hops.size()))) {
                InetAddress before = NetUtil.createInetAddressFromIpAddressString(withoutPort(hop.strip()));
                if (before == null) {
                    break;
                }
                address = before;
                if (!trusted.contain(address)) {
                    break;
                }
            }
        }
        return address.getHostAddress();
    }

    /// Some proxies add one: `192.0.2.1:4711`, `[2001:db8::1]:4711`.
    private static String withoutPort(String hop) {
        if (hop.startsWith("[")) {
            int end = hop.indexOf(']');
            return end < 0 ? hop : hop.substring(1, end);
        }
        int colon = hop.indexOf(':');
        return colon >= 0 && colon == hop.lastIndexOf(':') ? hop.substring(0, colon) : hop;
    }
}
