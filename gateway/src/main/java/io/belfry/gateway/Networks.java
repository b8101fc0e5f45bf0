package io.belfry.gateway;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/// Addresses and networks that a setting names. Immutable.
final class Networks {
    private final List<IpSubnetFilterRule> rules;

    /// @param setting whose they are, for the message when one is neither
    Networks(String setting, List<String> networks) {
        this.rules = networks.stream()
                .filter(network -> !network.isBlank())
                .map(network -> rule(setting, network.strip()))
                .toList();
    }

    private static IpSubnetFilterRule rule(String setting, String network) {
        try {
            boolean isRange = network.indexOf('/') >= 0;
            InetAddress one = isRange ? null : NetUtil.createInetAddressFromIpAddressString(network);
            return isRange
                    ? new IpSubnetFilterRule(network, IpFilterRuleType.ACCEPT)
                    : new IpSubnetFilterRule(one, 8 * one.getAddress().length, IpFilterRuleType.ACCEPT);
        } catch (RuntimeException e) {
            throw new IllegalArgumentException(
                    setting + ": " + network + " (expected: an IP address or a network, as 10.0.0.0/8)", e);
        }
    }

    boolean contain(InetAddress address) {
        var socket = new InetSocketAddress(address, 0);
        return rules.stream().anyMatch(rule -> rule.matches(socket));
    }
}
