package io.belfry.gateway;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// Who hears of one Redis subscription: a chain for each event loop, which that loop alone looks at, and which loops
/// have one, which anybody may ask. There is one for each user with a connection, so it is kept small.
final class LoopChains<L extends LoopChains.Link<L>> {
    private static final int LOOP_BITS = 63;
    private static final VarHandle LOOPS;

    static {
        try {
            LOOPS = MethodHandles.lookup().findVarHandle(LoopChains.class, "loops", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Link<L>[] first;

    @SuppressWarnings("unused") // by its handle
    private volatile long loops;

    @SuppressWarnings({"unchecked", "rawtypes"})
    LoopChains(int loopCount) {
        this.first = new Link[loopCount];
    }

    /// Somebody in a chain; at most in one at a time.
    abstract static class Link<L extends Link<L>> {
        private L next;

        /// The next one in the same chain. On its loop.
        final L next() {
            return next;
        }
    }

    /// The beginning of a loop's chain, or null. On that loop. Whoever may take links out on the way asks for the next
    /// one before.
    @SuppressWarnings("unchecked")
    L first(int loop) {
        return (L) first[loop];
    }

    /// On that loop.
    void add(L link, int loop) {
        ((Link<L>) link).next = first(loop);
        first[loop] = link;
        LOOPS.getAndBitwiseOr(this, bit(loop));
    }

    /// On that loop. Does nothing if it is not there.
    void remove(L link, int loop) {
        L before = null;
        for (L one = first(loop); one != null; before = one, one = one.next()) {
            if (one == link) {
                cut(before, link, loop);
                return;
            }
        }
    }

    private void cut(L before, L link, int loop) {
        L next = link.next();
        if (before == null) {
            first[loop] = next;
        } else {
            ((Link<L>) before).next = next;
        }
        ((Link<L>) link).next = null;
        if (first[loop] == null && loop < LOOP_BITS) {
            LOOPS.getAndBitwiseAnd(this, ~bit(loop));
        }
    }

    /// Whether the loop may have a chain. Any thread; exact but for the 64th loop and on, which share a bit that stays
    /// set.
    boolean mayBeOn(int loop) {
        return ((long) LOOPS.getVolatile(this) & bit(loop)) != 0;
    }

    private static long bit(int loop) {
        return 1L << Math.min(loop, LOOP_BITS);
    }
}
