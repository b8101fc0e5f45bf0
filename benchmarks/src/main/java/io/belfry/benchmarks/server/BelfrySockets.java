package io.belfry.benchmarks.server;

import io.belfry.benchmarks.load.Plan;
import io.belfry.benchmarks.load.Users;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;

/// Sockets on a gateway: each is its user's only one, with a token and a device of its own, as an app has.
public final class BelfrySockets implements Plan {
    private static final ByteBuf CONNECTED =
            Unpooled.unreleasableBuffer(Unpooled.copiedBuffer("\"connect\":{", StandardCharsets.US_ASCII));

    private final InetSocketAddress server;
    private final Users users;
    private final String[] tokens;

    /// Mints a token for each user.
    public BelfrySockets(BelfryProcess belfry, Users users) {
        this.server = belfry.address();
        this.users = users;
        this.tokens = IntStream.range(0, users.count())
                .mapToObj(user -> belfry.token(users.id(user)))
                .toArray(String[]::new);
    }

    @Override
    public InetSocketAddress server() {
        return server;
    }

    @Override
    public String path(int user) {
        return "/connection/websocket";
    }

    @Override
    public boolean isReadyAfterUpgrade() {
        return false;
    }

    @Override
    public byte[] hello(int user) {
        return ("{\"id\":1,\"connect\":{\"token\":\"" + tokens[user] + "\",\"data\":{\"deviceId\":\"" + users.id(user)
                        + "\"}}}")
                .getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public ByteBuf readyMark() {
        return CONNECTED;
    }
}
