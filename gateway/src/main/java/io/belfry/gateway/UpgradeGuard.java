package io.belfry.gateway;

import io.micronaut.core.annotation.Nullable;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Base64;
import java.util.Locale;
import java.util.Set;

/// Decides whether a request may become a connection, before anything is upgraded or taken over: it must be a proper
/// one, from an allowed origin, while the node takes connections. Runs on the event loop.
@ServerFilter({GatewaySocket.PATH, UniSocket.PATH, StreamController.PATH})
final class UpgradeGuard {
    private static final String SUPPORTED_VERSION = "13";
    private static final int KEY_BYTES = 16;
    private static final String RETRY_AFTER_SECONDS = "5";

    private final Sockets sockets;
    private final UpgradeRate rate;
    private final Drain drain;
    private final ClientAddresses addresses;
    private final GatewayMetrics metrics;
    private final Set<String> allowedOrigins;

    UpgradeGuard(
            GatewaySettings settings,
            Sockets sockets,
            UpgradeRate rate,
            Drain drain,
            ClientAddresses addresses,
            GatewayMetrics metrics) {
        this.sockets = sockets;
        this.rate = rate;
        this.drain = drain;
        this.addresses = addresses;
        this.metrics = metrics;
        this.allowedOrigins = Set.copyOf(settings.allowedOrigins());
    }

    @RequestFilter
    @Nullable
    HttpResponse<?> check(HttpRequest<?> request) {
        HttpHeaders headers = request.getHeaders();
        HttpResponse<?> improper = request.getPath().equals(StreamController.PATH) ? null : checkUpgrade(headers);
        if (improper != null) {
            metrics.shook(GatewayMetrics.Handshake.IMPROPER);
            return improper;
        }
        if (!isAllowed(headers.get(HttpHeaders.ORIGIN), headers.get(HttpHeaders.HOST))) {
            refused(GatewayMetrics.Handshake.FOREIGN_ORIGIN, Guard.ORIGINS);
            return Refusal.of(HttpStatus.FORBIDDEN, "pages of this origin may not connect");
        }
        return checkRoom(request);
    }

    @Nullable
    private static HttpResponse<?> checkUpgrade(HttpHeaders headers) {
        if (!"websocket".equalsIgnoreCase(headers.get(HttpHeaders.UPGRADE))) {
            return Refusal.of(HttpStatus.UPGRADE_REQUIRED, "a WebSocket is opened here")
                    .header(HttpHeaders.UPGRADE, "websocket");
        }
        if (!SUPPORTED_VERSION.equals(headers.get("Sec-WebSocket-Version"))) {
            return Refusal.of(HttpStatus.UPGRADE_REQUIRED, "this version of WebSocket is not spoken here")
                    .header("Sec-WebSocket-Version", SUPPORTED_VERSION);
        }
        if (!isKey(headers.get("Sec-WebSocket-Key"))) {
            return Refusal.of(HttpStatus.BAD_REQUEST, "Sec-WebSocket-Key is not 16 bytes in base 64");
        }
        return null;
    }

    @Nullable
    private HttpResponse<?> checkRoom(HttpRequest<?> request) {
        if (drain.isRunning()) {
            metrics.shook(GatewayMetrics.Handshake.DRAINING);
            return Refusal.of(HttpStatus.SERVICE_UNAVAILABLE, "this node is being emptied")
                    .header(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
        }
        if (sockets.isFull()) {
            refused(GatewayMetrics.Handshake.NODE_FULL, Guard.CONNECTIONS);
            return Refusal.of(HttpStatus.SERVICE_UNAVAILABLE, "this node takes no connections at the moment")
                    .header(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
        }
        if (sockets.isFull(addresses.of(request))) {
            refused(GatewayMetrics.Handshake.ADDRESS_FULL, Guard.CONNECTIONS_OF_ADDRESS);
            return Refusal.of(HttpStatus.TOO_MANY_REQUESTS, "too many connections from this address")
                    .header(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
        }
        if (!rate.allows()) {
            refused(GatewayMetrics.Handshake.TOO_FAST, Guard.UPGRADES);
            return Refusal.of(HttpStatus.SERVICE_UNAVAILABLE, "more clients come than this node can let in")
                    .header(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
        }
        metrics.shook(GatewayMetrics.Handshake.AGREED);
        return null;
    }

    private void refused(GatewayMetrics.Handshake outcome, Guard guard) {
        metrics.shook(outcome);
        metrics.hit(guard);
    }

    private static boolean isKey(String key) {
        try {
            return key != null && Base64.getDecoder().decode(key).length == KEY_BYTES;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /// Browsers name the origin of the page, and nobody can make them lie; other clients need none.
    private boolean isAllowed(String origin, String host) {
        if (origin == null || allowedOrigins.contains("*") || allowedOrigins.contains(origin)) {
            return true;
        }
        try {
            URI page = new URI(origin);
            return host != null
                    && page.getAuthority() != null
                    && page.getAuthority().toLowerCase(Locale.ROOT).equals(host.toLowerCase(Locale.ROOT));
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
