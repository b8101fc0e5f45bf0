package io.belfry.api.problem;

import java.util.ArrayList;
import java.util.List;

/// Gathers what is wrong with a request, so that a caller learns of every fault at once; of the first
/// [#MAX], since a body can be wrong in more places than anybody reads. For one thread.
public final class Faults {
    public static final int MAX = 100;

    private final List<Problem.Fault> faults = new ArrayList<>();

    /// @param pointer into the request's body (RFC 6901)
    /// @param detail the value where it helps, and what was expected
    public void add(String pointer, String detail) {
        if (faults.size() < MAX) {
            faults.add(new Problem.Fault(pointer, detail));
        }
    }

    public boolean isEmpty() {
        return faults.isEmpty();
    }

    public Problem problem() {
        return Problem.invalid(faults);
    }
}
