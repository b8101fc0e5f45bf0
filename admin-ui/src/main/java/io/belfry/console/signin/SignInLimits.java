package io.belfry.console.signin;

import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;

/// How often one address may try to sign in on this node: [#TRIES] in a minute. Beside it each account is locked after
/// failures ([io.belfry.core.access.Operators]). Thread-safe; remembers [#ADDRESSES] addresses, those that tried last.
@Singleton
final class SignInLimits {
    static final int TRIES = 20;
    private static final int ADDRESSES = 10_000;
    private static final long WINDOW_MILLIS = 60_000;

    private final Clock clock;
    private final Map<String, Window> windows = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Window> eldest) {
            return size() > ADDRESSES;
        }
    };

    private record Window(long sinceMillis, int tries) {}

    SignInLimits(Clock clock) {
        this.clock = clock;
    }

    /// Counts a try.
    ///
    /// @return false when it is one too many
    synchronized boolean admit(String address) {
        long now = clock.millis();
        Window window = windows.get(address);
        Window next = window == null || now - window.sinceMillis() >= WINDOW_MILLIS
                ? new Window(now, 1)
                : new Window(window.sinceMillis(), Math.min(window.tries() + 1, TRIES + 1));
        windows.put(address, next);
        return next.tries() <= TRIES;
    }
}
