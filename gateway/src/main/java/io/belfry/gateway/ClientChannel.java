package io.belfry.gateway;

/// A channel of the client protocol to which the server subscribes every connection.
enum ClientChannel {
    /// The user's own log. An alias: the name tells nobody who the user is.
    INBOX("inbox"),
    /// The log of broadcasts, of which each user sees those that address them.
    ANNOUNCEMENTS("announcements");

    private final String label;
    private final PushHead head;

    ClientChannel(String label) {
        this.label = label;
        this.head = PushHead.of(label);
    }

    String label() {
        return label;
    }

    PushHead head() {
        return head;
    }

    static boolean isOne(String name) {
        return INBOX.label.equals(name) || ANNOUNCEMENTS.label.equals(name);
    }
}
