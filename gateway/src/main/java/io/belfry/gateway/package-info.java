/// The role `gateway`: nodes that hold the sockets of end users' apps and write to them what concerns their users.
///
/// A connection, from top to bottom: [UpgradeGuard] lets the request in, [GatewaySocket] takes the channel over,
/// [WebSocketConnection] reads frames, [Conversation] obeys the commands in them, [Admission] lets it in. An event
/// stream goes through [StreamController] and [StreamConnection] to the same admission. From then on either has a
/// [Session]: what is published reaches it through [FeedSubscriptions], [Registry] and [Loop] to [InboxReceiver] and
/// [AnnouncementReceiver], and what the client proves to have goes through [Proof] to [ReceiptFlusher].
///
/// Everything of a connection happens on its event loop. What blocks (PostgreSQL) runs on virtual threads in bounded
/// batches ([Batcher]), and its results are handed back to the loop.
@Configuration
@Requires(env = "gateway")
package io.belfry.gateway;

import io.micronaut.context.annotation.Configuration;
import io.micronaut.context.annotation.Requires;
