package io.belfry.core.timer;

/// What came of an act on a timer.
public sealed interface TimerOutcome {
    /// It was done.
    record Done() implements TimerOutcome {}

    /// A dispatcher is at it just now: in a moment it is over, or waits again.
    record InHand() implements TimerOutcome {}

    /// There is no such timer: it was done, or never was.
    record Missing() implements TimerOutcome {}

    /// It cannot wait for so long.
    ///
    /// @param expected what would do
    record TooLate(String expected) implements TimerOutcome {}
}
