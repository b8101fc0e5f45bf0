package io.belfry.api.access;

/// What a caller can be granted, for `@Secured`: the labels of [io.belfry.core.access.Scope] for API keys, and [#USER]
/// for the token of an end user, who reaches what is their own.
public final class Grants {
    public static final String USER = "user";
    public static final String EVENTS_WRITE = "events:write";
    public static final String EVENTS_READ = "events:read";
    public static final String USERS_WRITE = "users:write";

    private Grants() {}
}
