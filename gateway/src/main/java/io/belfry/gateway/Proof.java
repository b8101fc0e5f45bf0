package io.belfry.gateway;

/// What one connection was sent and has proved to have, in both channels. An answered ping proves all that was written
/// before the ping, because TCP keeps the order. Stays on the connection's event loop.
final class Proof {
    private long inboxSent;
    private long inboxWanted;
    private long inboxOwed;
    private long inboxCovered;
    private long inboxProven;
    private long announcementsSent;
    private long announcementsWanted;
    private long announcementsCovered;
    private long announcementsProven;

    /// The client has everything up to here.
    void begin(long inbox, long announcements) {
        inboxSent = inboxWanted = inboxOwed = inboxCovered = inboxProven = inbox;
        announcementsSent = announcementsWanted = announcementsCovered = announcementsProven = announcements;
    }

    /// The reply to the connect command brought what was missed, up to here.
    void sentMissed(long inbox, long announcements) {
        inboxSent = inboxWanted = Math.max(inboxSent, inbox);
        announcementsSent = announcementsWanted = Math.max(announcementsSent, announcements);
    }

    /// A publication of the inbox whose receipt is wanted exists, whether or not it could be written.
    void owed(long offset) {
        inboxOwed = Math.max(inboxOwed, offset);
    }

    void sent(Publication publication) {
        long offset = publication.offset();
        switch (publication.channel()) {
            case INBOX -> {
                inboxSent = offset;
                inboxWanted = publication.receiptWanted() ? offset : inboxWanted;
            }
            case ANNOUNCEMENTS -> {
                announcementsSent = offset;
                announcementsWanted = publication.receiptWanted() ? offset : announcementsWanted;
            }
        }
    }

    /// A ping was written.
    void pinged() {
        inboxCovered = inboxSent;
        announcementsCovered = announcementsSent;
    }

    /// The ping was answered.
    ///
    /// @return whether that proved something new whose receipt is wanted
    boolean answered() {
        boolean news = inboxCovered > inboxProven && inboxWanted > inboxProven
                || announcementsCovered > announcementsProven && announcementsWanted > announcementsProven;
        inboxProven = inboxCovered;
        announcementsProven = announcementsCovered;
        return news;
    }

    /// Whether something was written since the last ping whose receipt is wanted.
    boolean isMoreWanted() {
        return inboxWanted > inboxCovered || announcementsWanted > announcementsCovered;
    }

    /// Whether the inbox holds something that the client has not proved to have.
    boolean isOwing() {
        return Math.max(inboxOwed, inboxWanted) > inboxProven;
    }

    long inboxProven() {
        return inboxProven;
    }

    long announcementsProven() {
        return announcementsProven;
    }
}
