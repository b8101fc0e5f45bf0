package io.belfry.dispatcher.push.fcm;

import com.google.api.client.http.HttpTransport;
import com.google.api.client.http.LowLevelHttpRequest;
import io.belfry.dispatcher.push.PushSettings;
import io.micronaut.core.annotation.Nullable;
import java.io.IOException;
import java.net.ProxySelector;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.impl.routing.SystemDefaultRoutePlanner;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;

/// The HTTP under firebase-admin: blocking sockets, HTTP/1.1, one kept-alive connection per push under way. The SDK's
/// own transport stops at 100 connections and hides what failed behind one exception; and FCM's HTTP/2 allows about
/// 100 streams a connection, so it would need a pool as well.
///
/// It rewrites FCM's host to `endpoint`, which the SDK has no setting for. It answers the SDK with successes only and
/// throws a [SendFailure] for everything else, so that nothing but [io.belfry.dispatcher.push.RetryPolicy] retries: by
/// itself firebase-admin 9.11.0 sends again up to four times, after sleeping on a 503 and at once on any 401.
/// Thread-safe.
final class FcmTransport extends HttpTransport {
    static final String FCM = "https://fcm.googleapis.com";

    /// For the token endpoint, beside a full house of pushes.
    private static final int SPARE_CONNECTIONS = 4;
    /// Well below what proxies and FCM keep, so that a push rarely meets a connection that is being closed.
    private static final TimeValue KEEP_IDLE = TimeValue.ofSeconds(45);

    private final CloseableHttpClient client;
    private final String endpoint;

    FcmTransport(PushSettings settings, @Nullable String endpoint) {
        this.endpoint = endpoint == null ? FCM : endpoint.replaceAll("/+$", "");
        int connections = settings.maxInFlight() + SPARE_CONNECTIONS;
        Timeout connect = Timeout.of(settings.connectTimeout());
        Timeout read = Timeout.of(settings.readTimeout());
        client = HttpClientBuilder.create()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setMaxConnPerRoute(connections)
                        .setMaxConnTotal(connections + SPARE_CONNECTIONS)
                        .setDefaultSocketConfig(SocketConfig.custom()
                                .setTcpNoDelay(true)
                                .setSoKeepAlive(true)
                                .setSoTimeout(read)
                                .build())
                        .setDefaultConnectionConfig(ConnectionConfig.custom()
                                .setConnectTimeout(connect)
                                .setSocketTimeout(read)
                                .setValidateAfterInactivity(2, TimeUnit.SECONDS)
                                .build())
                        .build())
                .setDefaultRequestConfig(RequestConfig.custom()
                        .setConnectionRequestTimeout(connect)
                        .setResponseTimeout(read)
                        .build())
                .setKeepAliveStrategy((_, _) -> KEEP_IDLE)
                .setRoutePlanner(new SystemDefaultRoutePlanner(ProxySelector.getDefault()))
                .evictIdleConnections(KEEP_IDLE)
                .disableAutomaticRetries()
                .disableRedirectHandling()
                .disableContentCompression()
                .disableCookieManagement()
                .disableAuthCaching()
                .build();
    }

    @Override
    public boolean supportsMethod(String method) {
        return true;
    }

    @Override
    protected LowLevelHttpRequest buildRequest(String method, String url) {
        String target = url.startsWith(FCM) ? endpoint + url.substring(FCM.length()) : url;
        return new FcmRequest(client, method, target);
    }

    @Override
    public void shutdown() throws IOException {
        client.close();
    }

    @Override
    public boolean isShutdown() {
        return false;
    }
}
