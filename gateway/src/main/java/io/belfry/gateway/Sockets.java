package io.belfry.gateway;

import jakarta.inject.Singleton;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Counts the open sockets, in all and by address of the network. Behind a proxy that is the proxy's, unless
/// it is a trusted one. Thread-safe.
@Singleton
final class Sockets {
    private final GatewaySettings.Limits limits;
    private final AtomicInteger open = new AtomicInteger();
    private final ConcurrentHashMap<String, Integer> byAddress = new ConcurrentHashMap<>();

    Sockets(GatewaySettings settings, GatewayMetrics metrics) {
        this.limits = settings.limits();
        metrics.sockets(open);
    }

    int open() {
        return open.get();
    }

    boolean isFull() {
        return open.get() >= limits.connections();
    }

    boolean isFull(String address) {
        return byAddress.getOrDefault(address, 0) >= limits.connectionsPerAddress();
    }

    void enter(String address) {
        open.incrementAndGet();
        byAddress.merge(address, 1, Integer::sum);
    }

    void leave(String address) {
        open.decrementAndGet();
        byAddress.computeIfPresent(address, (a, count) -> count == 1 ? null : count - 1);
    }
}
