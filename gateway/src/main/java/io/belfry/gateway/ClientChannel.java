package io.belfry.gateway;

/// A channel of the client protocol to which the server subscribes every connection.
enum ClientChannel {
    /// The user's own log. An alias: the name tells nobody who the user is.
    INBOX("inbox", "notification"),
    /// The log of broadcasts, of which each user sees those that address them.
    ANNOUNCEMENTS("announcements", "announcement");

    private final String label;
    private final String event;
    private final PushHead head;

    ClientChannel(String label, String event) {
        this.label = label;
        this.event = event;
        this.head = PushHead.of(label);
    }

    String label() {
        return label;
    }

    /// What its publications are called in event streams.
    String event() {
        return event;
    }

    PushHead head() {
        return head;
    }

    static boolean isOne(String name) {
        return INBOX.label.equals(name) || ANNOUNCEMENTS.label.equals(name);
    }
}
