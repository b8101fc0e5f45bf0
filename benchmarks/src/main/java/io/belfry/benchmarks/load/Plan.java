package io.belfry.benchmarks.load;

import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;

/// How sockets are opened on a server.
public interface Plan {
    InetSocketAddress server();

    /// The path of the request.
    String path(int user);

    /// Whether there is nothing to say after the upgrade.
    boolean isReadyAfterUpgrade();

    /// The message that follows the upgrade.
    byte[] hello(int user);

    /// A part of the answer to it.
    ByteBuf readyMark();
}
