package io.belfry.core.access;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/// One act of an operator, or one that was refused.
///
/// @param actor the operator's e-mail address
/// @param action such as `template.publish`
/// @param subject what it was done to
/// @param address from where
/// @param detail what else is worth keeping, by name; never a secret or a payload
public record AuditEntry(
        long id,
        Instant at,
        String actor,
        String action,
        String subject,
        Optional<String> address,
        Map<String, String> detail) {}
