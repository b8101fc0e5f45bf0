package io.belfry.api.access;

import io.micronaut.security.authentication.Authentication;
import java.util.List;
import java.util.Map;

/// What a caller can be granted, for `@Secured`: the labels of [io.belfry.core.access.Scope] for API keys, and [#USER]
/// for the token of an end user, who reaches what is their own.
public final class Grants {
    public static final String USER = "user";
    public static final String EVENTS_WRITE = "events:write";
    public static final String EVENTS_READ = "events:read";
    public static final String USERS_WRITE = "users:write";
    public static final String SEGMENTS_WRITE = "segments:write";
    public static final String EVENTS_EVERYONE = "events:everyone";
    public static final String STOPS_WRITE = "stops:write";
    public static final String OPERATIONS_WRITE = "operations:write";

    /// The attribute of a user's authentication that holds the texts of the token's claims.
    static final String CLAIMS = "claims";

    /// The attribute of a key's authentication that says whether it is for tests.
    static final String TEST = "test";

    private Grants() {}

    /// Whether what the key sends reaches testers only.
    public static boolean isTest(Authentication key) {
        return Boolean.TRUE.equals(key.getAttributes().get(TEST));
    }

    /// The claims of a user's token that are a text or a list of texts, by name.
    @SuppressWarnings("unchecked")
    public static Map<String, List<String>> claims(Authentication user) {
        return (Map<String, List<String>>) user.getAttributes().getOrDefault(CLAIMS, Map.of());
    }
}
