package io.belfry.benchmarks.server;

import io.belfry.benchmarks.load.FeedPublisher;
import io.belfry.benchmarks.load.Plan;
import io.belfry.benchmarks.load.Users;
import io.belfry.benchmarks.machine.CpuMeter;
import io.belfry.core.feed.AnnouncementNotice;
import io.belfry.core.feed.FeedMessage;
import io.belfry.core.feed.FeedNames;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// Belfry's gateway role alone.
///
/// @param receipt whether each notification asks for proof
public record GatewayPeer(BelfryProcess belfry, FeedMessage.Receipt receipt) implements Peer {
    @Override
    public String name() {
        return receipt == FeedMessage.Receipt.WANTED ? "gateway, receipts on" : "gateway";
    }

    @Override
    public Plan sockets(Users users) {
        return new BelfrySockets(belfry, users);
    }

    /// A new user's inbox stands at 0, so that the number of a notification is its offset.
    @Override
    public FeedPublisher.Form form() {
        return new FeedPublisher.Form() {
            @Override
            public byte[] channel(String user) {
                return FeedNames.inbox(user);
            }

            @Override
            public byte[] message(int number, String data) {
                return new FeedMessage(number, receipt, data.getBytes(StandardCharsets.US_ASCII)).encode();
            }
        };
    }

    @Override
    public void announce(FeedPublisher publisher, String text) throws IOException {
        AnnouncementNotice notice = new BroadcastRows(belfry.database(), 0).sent(text);
        publisher.publish(FeedNames.announcements(), notice.encode());
    }

    @Override
    public Map<CpuMeter.Part, Long> parts() {
        return Map.of(
                CpuMeter.Part.JVM, belfry.parts().get(CpuMeter.Part.JVM),
                CpuMeter.Part.REDIS, belfry.parts().get(CpuMeter.Part.REDIS));
    }

    @Override
    public void close() {
        belfry.close();
    }
}
