package io.belfry.console.broadcasts;

import io.belfry.core.broadcast.Broadcast;
import io.belfry.core.broadcast.BroadcastState;
import io.belfry.core.broadcast.RecallReport;
import java.util.Optional;

/// How far a broadcast has come.
///
/// @param receivers devices that have proved that they have it
/// @param devices that the audience has, to push to
/// @param connections open on all gateways
/// @param recall of a broadcast that was taken back
record Progress(
        Sight sight,
        Optional<Long> receivers,
        Optional<Long> devices,
        long connections,
        Optional<Pace> pace,
        Optional<RecallReport> recall) {
    public Broadcast broadcast() {
        return sight.broadcast();
    }

    public boolean isUnderWay() {
        return broadcast().isUnderWay()
                || recall.filter(r -> r.finishedAt().isEmpty()).isPresent();
    }

    /// Whether figures may still change: receipts come in for a while after the end.
    public boolean isLive() {
        return !sight.isDraft();
    }

    public String received() {
        return receivers.map(Sight::number).orElse("–");
    }

    public String addressed() {
        return Sight.number(sight.addressed());
    }

    public String open() {
        return Sight.number(connections);
    }

    /// What a recall has come to.
    public String recallNote() {
        RecallReport report = recall.orElseThrow();
        if (report.finishedAt().isPresent()) {
            return report.pushes() == 0
                    ? "no phone had a push of it"
                    : Sight.devices(report.pushes()) + " told to take the push away";
        }
        return number(report.withdrawn()) + " of " + number(report.pushes()) + " phones told so far";
    }

    /// What the push job does.
    public String pushNote() {
        Broadcast.PushProgress push = broadcast().push();
        String looked = number(push.total());
        return switch (push.state()) {
            case "waiting" ->
                sight.mayCancel() ? "after the last wave, once devices had time to receive it live" : "never began";
            case "sending" -> looked + " of about " + number(pushMax()) + " devices looked at";
            default -> looked + (push.total() == 1 ? " device looked at" : " devices looked at");
        };
    }

    /// How many devices the push job looks at, as far as that is known; never 0, for a bar.
    public long pushMax() {
        return Math.max(1, Math.max(devices.orElse(0L), broadcast().push().total()));
    }

    /// How many it looked at; all of them once it is done by itself.
    public long pushValue() {
        boolean done = broadcast().state() == BroadcastState.SENT
                && !broadcast().push().isOpen();
        return done ? pushMax() : broadcast().push().total();
    }

    public String number(long value) {
        return Sight.number(value);
    }
}
