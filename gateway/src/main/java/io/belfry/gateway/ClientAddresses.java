package io.belfry.gateway;

import io.micronaut.http.HttpRequest;
import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/// From where clients come. Behind proxies that are trusted that is what they say in `X-Forwarded-For`: the last
/// address there that is none of theirs, since everything before it is what the client claims. What others say
/// there does not count. Thread-safe.
@Singleton
final class ClientAddresses {
    private static final String FORWARDED_FOR = "X-Forwarded-For";
    private static final int MAX_HOPS = 16;

    private final List<IpSubnetFilterRule> trusted;

    ClientAddresses(GatewaySettings settings) {
        this.trusted = settings.trustedProxies().stream()
                .filter(network -> !network.isBlank())
                .map(ClientAddresses::network)
                .toList();
    }

    private static IpSubnetFilterRule network(String text) {
        String network = text.strip();
        try {
            boolean isRange = network.indexOf('/') >= 0;
            InetAddress one = isRange ? null : NetUtil.createInetAddressFromIpAddressString(network);
            return isRange
                    ? new IpSubnetFilterRule(network, IpFilterRuleType.ACCEPT)
                    : new IpSubnetFilterRule(one, 8 * one.getAddress().length, IpFilterRuleType.ACCEPT);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    "belfry.gateway.trusted-proxies: " + text
                            + " (expected: an IP address or a network, as 10.0.0.0/8)",
                    e);
        }
    }

    String of(HttpRequest<?> request) {
        InetAddress address = request.getRemoteAddress().getAddress();
        if (isTrusted(address)) {
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
                if (!isTrusted(address)) {
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

    private boolean isTrusted(InetAddress address) {
        var socket = new InetSocketAddress(address, 0);
        return trusted.stream().anyMatch(network -> network.matches(socket));
    }
}
