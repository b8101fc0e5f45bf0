package io.belfry.gateway;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.bind.annotation.Bindable;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import java.util.List;

/// How this gateway treats its connections (`belfry.gateway`).
///
/// @param allowedOrigins web origins whose pages may connect, such as `https://app.example.com`; `*` for all. Pages of
///     the gateway's own host and clients that are no browsers always may
/// @param trustedProxies addresses and networks (`10.0.0.0/8`) of proxies that say in `X-Forwarded-For` from where
///     clients come; nobody else is believed
/// @param proxyProtocolFrom addresses and networks of proxies whose connections begin with the PROXY protocol (1 or 2);
///     one of theirs that does not is closed
/// @param insecureClient whether clients need no token, and may do anything in any channel: for development alone
/// @param headerTimeout for the headers of a request; then the connection is closed
/// @param connectDeadline for the connect command of a new socket; then it is closed with 3502
/// @param ping how often the server pings a client
/// @param pongTimeout for the answer to a ping; then the socket is closed with 3012
/// @param slowTimeout how long a client may be behind with what it is sent; then it is closed with 3008
/// @param expiryGrace how long after its token's end a connection may still refresh it; then it is closed with 3005
/// @param presenceLife how long somebody whose node died still counts as present in a channel
/// @param streamRetry after how long clients of event streams come back, at least; at most twice that, at random
/// @param ticketLife how long a ticket for an event stream may be used
/// @param drain over how long the connections of a gateway that stops are closed, in random order
@ConfigurationProperties("belfry.gateway")
public record GatewaySettings(
        @Bindable(defaultValue = "") List<String> allowedOrigins,
        @Bindable(defaultValue = "") List<String> trustedProxies,
        @Bindable(defaultValue = "") List<String> proxyProtocolFrom,
        @Bindable(defaultValue = "false") boolean insecureClient,
        @Bindable(defaultValue = "10s") @NotNull Duration headerTimeout,
        @Bindable(defaultValue = "10s") @NotNull Duration connectDeadline,
        @Bindable(defaultValue = "25s") @NotNull Duration ping,
        @Bindable(defaultValue = "10s") @NotNull Duration pongTimeout,
        @Bindable(defaultValue = "10s") @NotNull Duration slowTimeout,
        @Bindable(defaultValue = "25s") @NotNull Duration expiryGrace,
        @Bindable(defaultValue = "60s") @NotNull Duration presenceLife,
        @Bindable(defaultValue = "1s") @NotNull Duration streamRetry,
        @Bindable(defaultValue = "30s") @NotNull Duration ticketLife,
        @Bindable(defaultValue = "5s") @NotNull Duration drain,
        Limits limits,
        Recovery recovery,
        Feeds feeds,
        Receipts receipts) {

    /// What one client may take of the node (`belfry.gateway.limits`).
    ///
    /// @param connections of this node; more are refused with 503
    /// @param upgradesPerSecond of this node, in bursts of as many; more are refused with 503
    /// @param connectionsPerUser on this node; for one more, the one that has been silent for longest is closed
    /// @param connectionsPerAddress of the network; one more is refused with 429
    /// @param messageBytes of one inbound message, all its fragments together; a larger one is closed with 1009
    /// @param fragmentsPerMessage of one inbound message; more and it is closed with 1009
    /// @param unfinishedBytes of messages that have not come whole, of all clients of one event loop; a client that
    ///     would add to them is closed with 3013
    /// @param commandsPerSecond of one connection, in bursts of as many; more and it is closed with 3013
    /// @param pingsPerPeriod of WebSocket from one connection, between two pings of the server's; more and it is
    ///     closed with 3013
    /// @param channelsPerConnection to which one client may subscribe; more are refused (error 106)
    /// @param queuedCommands that one connection may have waiting for earlier ones, with arguments of
    ///     `messageBytes` together; more and it is closed with 3013
    /// @param refusedConnects that one connection may have answered; one more and it is closed with 3013
    /// @param expiredTokenUses how often clients are told that the same token has expired (error 109); then its
    ///     connections are closed with 3500
    /// @param inboundBytes of publications that may wait for one event loop; more are dropped, and read from the
    ///     database later
    /// @param outboundBytes that may wait in the process for one client; nothing is added above that
    /// @param sendBufferBytes that the system may hold for one client, about; left alone, Linux holds some
    /// megabytes
    /// @param pendingConnects that may wait for the database; more are told to come again (error 111)
    /// @param databaseQueries that catching up and RPCs may each run at once
    @ConfigurationProperties("limits")
    public record Limits(
            @Bindable(defaultValue = "200000") @Min(1) int connections,

            @Bindable(defaultValue = "2000") @Min(1) @Max(1_000_000)
            int upgradesPerSecond,

            @Bindable(defaultValue = "10") @Min(1) int connectionsPerUser,
            @Bindable(defaultValue = "20000") @Min(1) int connectionsPerAddress,

            @Bindable(defaultValue = "65536") @Min(1024) @Max(16 << 20)
            int messageBytes,

            @Bindable(defaultValue = "1024") @Min(1) int fragmentsPerMessage,

            @Bindable(defaultValue = "33554432") @Min(1 << 20)
            int unfinishedBytes,

            @Bindable(defaultValue = "100") @Min(1) int commandsPerSecond,

            @Bindable(defaultValue = "10") @Min(0) @Max(100) int pingsPerPeriod,

            @Bindable(defaultValue = "128") @Min(0) int channelsPerConnection,
            @Bindable(defaultValue = "64") @Min(1) int queuedCommands,
            @Bindable(defaultValue = "3") @Min(0) @Max(100) int refusedConnects,

            @Bindable(defaultValue = "10") @Min(1) int expiredTokenUses,

            @Bindable(defaultValue = "67108864") @Min(1 << 20)
            int inboundBytes,

            @Bindable(defaultValue = "65536") @Min(4096) int outboundBytes,
            @Bindable(defaultValue = "131072") @Min(4096) int sendBufferBytes,
            @Bindable(defaultValue = "20000") @Min(1) int pendingConnects,
            @Bindable(defaultValue = "4") @Min(1) int databaseQueries) {}

    /// How much a client that comes back is sent (`belfry.gateway.recovery`). One that missed more reloads.
    ///
    /// @param gapHold how long a publication that came too early waits for those before it, which other processes
    ///     may be about to publish; then they are read from the database
    @ConfigurationProperties("recovery")
    public record Recovery(
            @Bindable(defaultValue = "300") @Min(0) int changes,
            @Bindable(defaultValue = "1048576") @Min(0) int bytes,
            @Bindable(defaultValue = "100") @Min(1) int announcements,
            @Bindable(defaultValue = "30ms") @NotNull Duration gapHold) {}

    /// How the node listens to Redis (`belfry.gateway.feeds`).
    ///
    /// @param connections to Redis; users are spread over them
    /// @param onEventLoops whether the event loops that serve clients read from Redis themselves, which saves a
    ///     third of the work of a delivery. Only for `redis://` addresses of one server; otherwise Lettuce does it
    /// @param channelsPerConnection more users are told to come again (error 111): Redis drops a connection that
    ///     resubscribes too many at once
    /// @param subscribeTimeout how long a connect waits for Redis; then it goes on without, and is reconciled later
    /// @param reconcileEvery how often the offsets of all connected users are compared with the database
    /// @param reconcileEveryWithoutRedis the same while the node does not hear from Redis: then this is how late
    ///     publications come
    @ConfigurationProperties("feeds")
    public record Feeds(
            @Bindable(defaultValue = "4") @Min(1) @Max(64) int connections,
            @Bindable(defaultValue = "true") boolean onEventLoops,
            @Bindable(defaultValue = "50000") @Min(1) int channelsPerConnection,
            @Bindable(defaultValue = "1s") @NotNull Duration subscribeTimeout,
            @Bindable(defaultValue = "30s") @NotNull Duration reconcileEvery,
            @Bindable(defaultValue = "5s") @NotNull Duration reconcileEveryWithoutRedis) {}

    /// Proof of what clients have (`belfry.gateway.receipts`).
    ///
    /// @param flushEvery how often receipts are saved, all together; well below the shortest push delay
    /// @param backlog devices whose receipts may wait for the database; more are dropped, and those devices may get
    ///     a push for what they have
    /// @param pushGrace how long after its socket died a client may come back before what it did not get is pushed
    @ConfigurationProperties("receipts")
    public record Receipts(
            @Bindable(defaultValue = "300ms") @NotNull Duration flushEvery,
            @Bindable(defaultValue = "200000") @Min(1) int backlog,
            @Bindable(defaultValue = "2s") @NotNull Duration pushGrace) {}
}
