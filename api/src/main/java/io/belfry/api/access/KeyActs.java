package io.belfry.api.access;

import io.belfry.core.access.ApiKey;
import io.belfry.core.access.ApiKeys;
import io.belfry.core.access.AuditLog;
import io.micronaut.http.HttpRequest;
import io.micronaut.security.authentication.Authentication;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.UUID;

/// Tells the audit log what was done with an API key. Thread-safe; blocks on the database.
@Singleton
public final class KeyActs {
    private final ApiKeys keys;
    private final AuditLog audit;

    KeyActs(ApiKeys keys, AuditLog audit) {
        this.keys = keys;
        this.audit = audit;
    }

    /// @param detail never a secret or a payload
    public void record(
            Authentication caller, HttpRequest<?> request, String action, String subject, Map<String, String> detail) {
        audit.record(
                "API key " + nameOf(caller),
                action,
                subject,
                request.getRemoteAddress().getAddress().getHostAddress(),
                detail);
    }

    /// What people call the key.
    public String nameOf(Authentication caller) {
        return keys.find(UUID.fromString(caller.getName())).map(ApiKey::name).orElse("");
    }
}
