package io.belfry.core.sandbox;

import io.belfry.core.user.UserId;
import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.core.bind.annotation.Bindable;
import java.util.List;

/// Whom tests reach (`belfry.sandbox`).
///
/// @param recipients who may get tests: user ids, or the beginnings of some, such as `qa-*`; by default nobody
/// @param appliesTo `test-keys`: what is sent with API keys that are marked test; `all-events`: everything, broadcasts
///     too, so that a staging installation never alerts real people
@ConfigurationProperties("belfry.sandbox")
public record SandboxSettings(
        @Nullable List<String> recipients,
        @Bindable(defaultValue = "TEST_KEYS") Extent appliesTo) {
    /// What is held against the list.
    public enum Extent {
        TEST_KEYS,
        ALL_EVENTS
    }

    public SandboxSettings {
        recipients = recipients == null ? List.of() : List.copyOf(recipients);
        for (String recipient : recipients) {
            String id = recipient.endsWith("*") ? recipient.substring(0, recipient.length() - 1) : recipient;
            if (!UserId.isValid(id)) {
                throw new IllegalArgumentException("belfry.sandbox.recipients: " + recipient
                        + " (expected: user ids, or beginnings of user ids followed by *)");
            }
        }
    }
}
