package io.belfry.standalone.doctor;

/// What a check found.
sealed interface Finding {
    /// What was looked at.
    String subject();

    /// What there is.
    String detail();

    record Good(String subject, String detail) implements Finding {}

    /// Belfry runs, but not as it should in production.
    record Doubtful(String subject, String detail, String advice) implements Finding {}

    /// Belfry does not run like this.
    record Bad(String subject, String detail, String advice) implements Finding {}
}
