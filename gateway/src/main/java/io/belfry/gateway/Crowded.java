package io.belfry.gateway;

/// More of something waits for the database than may.
final class Crowded extends RuntimeException {
    private static final long serialVersionUID = 1;

    /// @param what waits
    Crowded(String what) {
        super("too many wait for " + what, null, false, false);
    }
}
