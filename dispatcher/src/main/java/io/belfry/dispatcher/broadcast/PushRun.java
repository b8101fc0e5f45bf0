package io.belfry.dispatcher.broadcast;

import io.belfry.core.category.Category;
import io.belfry.core.decision.SuppressionReason;
import io.belfry.core.decision.Verdict;
import io.belfry.dispatcher.push.ProviderCircuit.Admission;
import io.belfry.dispatcher.push.PushTry;
import io.belfry.dispatcher.push.Sent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One dispatcher's work on the pushes of one broadcast: page after page, with a bounded number under way, for as long
/// as it holds the claim. What is paused, cancelled or lost is noticed with the next page, at the latest after a
/// second; then nothing more is begun, and what waits for its turn is withdrawn. For one thread.
final class PushRun {
    private static final Logger LOG = LoggerFactory.getLogger(PushRun.class);
    /// So that a more urgent broadcast does not wait for the end of a large one.
    private static final Duration SLICE = Duration.ofSeconds(10);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    /// A statement for fewer pushes is not worth it, unless that is all there may be.
    private static final int LEAST = 32;

    private final PushJob job;
    private final Category category;
    private final PushParts parts;
    private final BooleanSupplier stopping;
    private final int size;
    private final Semaphore window;
    private final long sliceEnd = System.nanoTime() + SLICE.toNanos();
    private PushJob.Cursor cursor;
    private int lookAt;
    private volatile long heldUntil;

    /// @param stopping whether the process ends
    PushRun(PushJob job, Category category, PushParts parts, BooleanSupplier stopping) {
        this.job = job;
        this.category = category;
        this.parts = parts;
        this.stopping = stopping;
        this.size = parts.settings().pushesUnderWay();
        this.window = new Semaphore(size);
        this.cursor = job.begin();
        this.lookAt = size;
        hold(System.nanoTime());
    }

    /// Goes on until there is nothing to do now, or it must not.
    ///
    /// @return whether all pushes of the broadcast are done
    boolean go() throws InterruptedException {
        boolean dry = false;
        try {
            while (!dry && mayGoOn()) {
                int room = room();
                dry = room > 0 && !page(room);
            }
        } finally {
            drain();
        }
        if (dry) {
            return parts.jobs().finish(job);
        }
        parts.jobs().release(job, parts.clock().instant());
        return false;
    }

    private boolean mayGoOn() {
        return isHeld()
                && !stopping.getAsBoolean()
                && System.nanoTime() < sliceEnd
                && parts.clock().instant().isBefore(job.expires());
    }

    /// Whether nobody can have taken it over, and it was not stopped when it was last looked at.
    private boolean isHeld() {
        return System.nanoTime() < heldUntil;
    }

    /// @param asked when the claim was renewed; others count from a moment later
    private void hold(long asked) {
        heldUntil = asked + parts.settings().pushLease().toNanos() * 3 / 4;
    }

    private void loosen() {
        heldUntil = System.nanoTime();
    }

    /// Waits until some may be sent, for a moment.
    ///
    /// @return how many permits were taken
    private int room() throws InterruptedException {
        int allowed = Math.min(size, parts.sender().room());
        int least = Math.min(allowed, LEAST);
        if (least > 0 && window.tryAcquire(least, LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
            int room = least;
            while (room < allowed && window.tryAcquire()) {
                room++;
            }
            return room;
        }
        if (least == 0) {
            TimeUnit.MILLISECONDS.sleep(parts.settings().pollEvery().toMillis());
        }
        keep();
        return 0;
    }

    private void keep() {
        long asked = System.nanoTime();
        if (parts.jobs().keep(job)) {
            hold(asked);
        } else {
            loosen();
        }
    }

    private record Ticket(PushTry push, Admission.Admitted admitted) {}

    /// @param room how many may be sent, as permits that are taken
    /// @return false when there is no device to look at now
    private boolean page(int room) {
        var tickets = new ArrayList<Ticket>(room);
        boolean begun = false;
        try {
            Page page = new Page(room, tickets);
            List<Addressee> again = parts.jobs().retries(job, room);
            List<Addressee> found = again.isEmpty() ? parts.jobs().next(job, cursor, lookAt) : again;
            if (found.isEmpty()) {
                return false;
            }
            int looked = again.isEmpty() ? page.walk(found) : page.retry(found);
            long asked = System.nanoTime();
            begun = parts.jobs().begin(job, page.sum());
            if (begun) {
                hold(asked);
                cursor = page.end;
                lookAt = looked == found.size() && tickets.size() <= room / 2
                        ? Math.min(parts.settings().pushPage(), lookAt * 2)
                        : room;
            } else {
                loosen();
            }
            return true;
        } finally {
            if (begun) {
                tickets.forEach(ticket -> parts.senders().execute(() -> send(ticket)));
                window.release(room - tickets.size());
            } else {
                tickets.forEach(ticket -> parts.sender().release(ticket.admitted));
                window.release(room);
            }
        }
    }

    /// Sorts out what is to be done with each device.
    private final class Page {
        private final int room;
        private final List<Ticket> tickets;
        private final List<Addressee> taken = new ArrayList<>();
        private final List<PushJobs.Later> later = new ArrayList<>();
        private final Instant now = parts.clock().instant();
        private PushJob.Cursor end = cursor;
        private int total;
        private int accepted;
        private int failed;
        private int skipped;

        Page(int room, List<Ticket> tickets) {
            this.room = room;
            this.tickets = tickets;
        }

        /// @return how many of them were looked at before there was no more room
        int walk(List<Addressee> devices) {
            for (Addressee device : devices) {
                if (tickets.size() == room) {
                    break;
                }
                sort(device);
                end = device.place();
                total++;
            }
            return total;
        }

        int retry(List<Addressee> devices) {
            for (Addressee device : devices) {
                int postponed = later.size();
                sort(device);
                if (later.size() == postponed) {
                    taken.add(device);
                }
            }
            return devices.size();
        }

        private void sort(Addressee device) {
            Optional<SuppressionReason> needless = device.needless(category.pushUnless());
            if (device.outcome() == Addressee.Outcome.ACCEPTED) {
                accepted++;
            } else if (device.outcome() == Addressee.Outcome.FAILED
                    || device.token() == null
                    || !parts.retries().isAllowed(device.tries(), device.unclear())) {
                failed++;
            } else if (needless.isPresent()) {
                parts.suppressed(needless.get());
                skipped++;
            } else {
                decide(device);
            }
        }

        private void decide(Addressee device) {
            switch (job.verdict(category, device.person(), now)) {
                case Verdict.Suppress(SuppressionReason reason) -> {
                    parts.suppressed(reason);
                    skipped++;
                }
                case Verdict.Defer(Instant until, Verdict.DeferralReason night) ->
                    later.add(new PushJobs.Later(device, until));
                case Verdict.Send _ -> admit(device);
            }
        }

        private void admit(Addressee device) {
            switch (parts.sender().admit()) {
                case Admission.Refused(Instant until) -> later.add(new PushJobs.Later(device, until));
                case Admission.Admitted admitted ->
                    tickets.add(new Ticket(
                            job.next(device, PushTry.newId(parts.clock()), now, parts.fallbackLocale()), admitted));
            }
        }

        PushJobs.Page sum() {
            return new PushJobs.Page(
                    tickets.stream().map(Ticket::push).toList(), taken, later, end, total, accepted, failed, skipped);
        }
    }

    private void send(Ticket ticket) {
        try {
            Optional<Sent> sent = parts.sender().send(ticket.push, ticket.admitted, this::isHeld);
            parts.results().write(new PushTally.Result(job, ticket.push, sent));
        } catch (InterruptedException e) {
            // The process stops; whoever takes the job over finds the try under way.
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.warn("A push of broadcast {} was left under way: {}", job.id(), e.getMessage());
        } finally {
            window.release();
        }
    }

    /// Waits for what is under way, which the provider's timeouts bound, and keeps the claim meanwhile.
    private void drain() throws InterruptedException {
        while (!window.tryAcquire(size, LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
            keep();
        }
        window.release(size);
    }
}
