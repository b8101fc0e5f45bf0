package io.belfry.gateway;

import io.belfry.core.identity.TokenVerdict;
import io.belfry.core.identity.UserTokens;
import jakarta.inject.Singleton;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Checks clients' tokens: on the event loop where that takes no more than arithmetic, on a bounded number of virtual
/// threads where keys may have to be fetched. Thread-safe; does not block.
@Singleton
final class TokenDesk {
    private static final Logger LOG = LoggerFactory.getLogger(TokenDesk.class);

    private static final int MAX_REMEMBERED = 10_000;
    private static final int SIGNATURE_END = 24;

    private final UserTokens tokens;
    private final GatewayMetrics metrics;
    private final Batcher<Check> checks;
    private final int maxUses;

    /// How often an expired token was used, by the end of its signature. Only whoever has our key can make an entry.
    private final Map<String, Integer> expiredUses = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
            return size() > MAX_REMEMBERED;
        }
    };

    TokenDesk(UserTokens tokens, GatewaySettings settings, GatewayMetrics metrics) {
        this.tokens = tokens;
        this.metrics = metrics;
        this.maxUses = settings.limits().expiredTokenUses();
        this.checks = new Batcher<>(
                "tokens",
                1,
                settings.limits().databaseQueries(),
                settings.limits().pendingConnects(),
                batch -> batch.forEach(this::judge));
    }

    /// What came of asking.
    sealed interface Answer {}

    record Judged(TokenVerdict verdict) implements Answer {}

    /// Too many tokens wait, or the keys cannot be had: come again.
    record Busy() implements Answer {}

    private record Check(Supplier<TokenVerdict> verdict, Loop loop, Consumer<Answer> then) {}

    /// @param then gets the answer on the loop; at once, or later
    void check(String token, Loop loop, Consumer<Answer> then) {
        check(new Check(() -> tokens.verify(token), loop, then));
    }

    /// Of a token for a channel.
    ///
    /// @param then gets the answer on the loop; at once, or later
    void check(String token, String channel, Loop loop, Consumer<Answer> then) {
        check(new Check(() -> tokens.verifyForChannel(token, channel), loop, then));
    }

    private void check(Check check) {
        if (!tokens.mayBlock()) {
            check.then.accept(new Judged(check.verdict.get()));
        } else if (!checks.offer(check)) {
            metrics.hit(Guard.PENDING);
            check.then.accept(new Busy());
        }
    }

    /// Counts a use of an expired token. A client that could get another would have.
    ///
    /// @return whether it was used too often
    boolean isHopeless(String expired) {
        String end = expired.substring(Math.max(0, expired.length() - SIGNATURE_END));
        synchronized (expiredUses) {
            return expiredUses.merge(end, 1, Integer::sum) > maxUses;
        }
    }

    private void judge(Check check) {
        Answer answer;
        try {
            answer = new Judged(check.verdict.get());
        } catch (RuntimeException e) {
            LOG.warn("a token could not be checked: {}", e.toString());
            answer = new Busy();
        }
        Answer given = answer;
        check.loop.executor.execute(() -> check.then.accept(given));
    }
}
