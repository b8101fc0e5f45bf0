package io.belfry.core.decision;

/// What becomes of one notification, by medium. Nothing is live or pushed that is not in the inbox.
public record Decision(Verdict inbox, Verdict live, Verdict push) {
    /// What a trace calls a push that follows.
    public static final String PLANNED = "planned";

    /// Whether it makes no sound on connected devices.
    public boolean isSilent() {
        return live instanceof Verdict.Suppress;
    }

    /// What a trace calls the decision for the push: `planned` when one follows unless proof comes before, now or
    /// later, else why not.
    public String pushLabel() {
        return push instanceof Verdict.Suppress(SuppressionReason reason) ? reason.label() : PLANNED;
    }

    /// Neither medium is used, for one reason.
    public static Decision none(SuppressionReason reason) {
        Verdict verdict = new Verdict.Suppress(reason);
        return new Decision(verdict, verdict, verdict);
    }
}
