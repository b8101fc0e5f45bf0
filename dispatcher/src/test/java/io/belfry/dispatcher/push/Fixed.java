package io.belfry.dispatcher.push;

import java.util.random.RandomGenerator;

/// Randomness that always draws the same fraction.
record Fixed(double fraction) implements RandomGenerator {
    @Override
    public double nextDouble() {
        return fraction;
    }

    @Override
    public long nextLong() {
        return (long) (fraction * Long.MAX_VALUE);
    }
}
