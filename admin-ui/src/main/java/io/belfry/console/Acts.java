package io.belfry.console;

import io.belfry.core.access.AuditLog;
import jakarta.inject.Singleton;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes what operators do into the audit log. Thread-safe; blocks on the database.
@Singleton
public final class Acts {
    private static final Logger LOG = LoggerFactory.getLogger(Acts.class);

    private final AuditLog log;

    public Acts(AuditLog log) {
        this.log = log;
    }

    /// @param action such as `template.publish`
    /// @param detail never a secret or a payload
    public void record(Visit visit, String action, String subject, Map<String, String> detail) {
        record(visit.operator().email(), visit.address(), action, subject, detail);
    }

    /// The same for somebody who is not signed in.
    public void record(String actor, String address, String action, String subject, Map<String, String> detail) {
        log.record(actor, action, subject, address, detail);
        LOG.info("{} {} {}", actor, action, subject);
    }
}
