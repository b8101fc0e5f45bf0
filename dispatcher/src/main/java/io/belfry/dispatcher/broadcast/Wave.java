package io.belfry.dispatcher.broadcast;

import io.belfry.core.feed.AnnouncementNotice;

/// A wave that is in the log.
///
/// @param number from 1
/// @param of how many waves the broadcast has
record Wave(AnnouncementNotice notice, int number, int of) {
    boolean isLast() {
        return number == of;
    }
}
