package io.belfry.console.users;

import java.util.OptionalLong;

/// What all pages of one user show at the top.
///
/// @param gateways that hold a connection of the user; empty while Redis is away
/// @param tab which of the pages is shown
record Person(UserDirectory.Profile user, OptionalLong gateways, String tab) {
    static final String PATH = "/console/users";

    public String id() {
        return user.id();
    }

    public boolean isUnknown() {
        return gateways.isEmpty();
    }

    public boolean isConnected() {
        return gateways.orElse(0) > 0;
    }
}
