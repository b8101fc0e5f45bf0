package io.belfry.dispatcher.push;

import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/// The calling thread's own generator, so that many threads can share one [RandomGenerator].
final class ThreadLocalRandomness implements RandomGenerator {
    @Override
    public long nextLong() {
        return ThreadLocalRandom.current().nextLong();
    }
}
