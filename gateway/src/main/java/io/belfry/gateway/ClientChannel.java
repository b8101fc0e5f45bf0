package io.belfry.gateway;

import java.nio.charset.StandardCharsets;

/// A channel of the client protocol to which the server subscribes every connection.
enum ClientChannel {
    /// The user's own log. An alias: the name tells nobody who the user is.
    INBOX("inbox"),
    /// The log of broadcasts, of which each user sees those that address them.
    ANNOUNCEMENTS("announcements");

    private final String label;
    private final byte[] pushPrefix;

    ClientChannel(String label) {
        this.label = label;
        this.pushPrefix =
                ("{\"push\":{\"channel\":\"" + label + "\",\"pub\":{\"data\":").getBytes(StandardCharsets.UTF_8);
    }

    String label() {
        return label;
    }

    /// What comes before the data in a push. Not to be changed by the caller.
    byte[] pushPrefix() {
        return pushPrefix;
    }

    static boolean isOne(String name) {
        return INBOX.label.equals(name) || ANNOUNCEMENTS.label.equals(name);
    }
}
