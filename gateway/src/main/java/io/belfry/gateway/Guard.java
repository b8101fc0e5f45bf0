package io.belfry.gateway;

/// What keeps one client from taking more of the node than its share: every guard there is, under the setting
/// (`belfry.gateway.…`) that says where it begins. How often each was hit is counted in `belfry.gateway.limits`; what
/// becomes of who hits it stands in docs/PROTOCOL.md.
enum Guard {
    ORIGINS("allowed-origins"),
    HEADERS("header-timeout"),
    CONNECT("connect-deadline"),
    PONG("pong-timeout"),
    SLOWNESS("slow-timeout"),
    CONNECTIONS("limits.connections"),
    UPGRADES("limits.upgrades-per-second"),
    CONNECTIONS_OF_USER("limits.connections-per-user"),
    CONNECTIONS_OF_ADDRESS("limits.connections-per-address"),
    MESSAGE("limits.message-bytes"),
    FRAGMENTS("limits.fragments-per-message"),
    UNFINISHED("limits.unfinished-bytes"),
    COMMANDS("limits.commands-per-second"),
    PINGS("limits.pings-per-period"),
    QUEUED_COMMANDS("limits.queued-commands"),
    REFUSED_CONNECTS("limits.refused-connects"),
    EXPIRED_TOKEN("limits.expired-token-uses"),
    CHANNELS("limits.channels-per-connection"),
    PRESENCE("namespaces.*.presence-size"),
    PENDING("limits.pending-connects"),
    INBOUND("limits.inbound-bytes"),
    OUTBOUND("limits.outbound-bytes"),
    FEEDS("feeds.channels-per-connection"),
    RECEIPTS("receipts.backlog");

    private final String setting;

    Guard(String setting) {
        this.setting = setting;
    }

    /// Within `belfry.gateway`; `*` stands for any name.
    String setting() {
        return setting;
    }
}
