package io.belfry.core.inbox;

import java.util.Optional;

/// Which notifications of an inbox to list.
///
/// @param place where they are
/// @param reading whether those that were read are left out
/// @param category of which they are; empty for all
public record InboxFilter(Place place, Reading reading, Optional<String> category) {
    /// What an inbox shows.
    public static final InboxFilter LISTED = new InboxFilter(Place.LISTED, Reading.ANY, Optional.empty());

    /// Where a notification is.
    public enum Place {
        LISTED("n.place is null"),
        ARCHIVED("n.place = 'archived'"),
        SNOOZED("n.place = 'snoozed'");

        private final String condition;

        Place(String condition) {
            this.condition = condition;
        }
    }

    /// Whether it was read.
    public enum Reading {
        ANY,
        UNREAD
    }

    /// For a query of [InboxItems]; the parameter `category` is there when [#category] is.
    String condition() {
        return place.condition
                + (reading == Reading.UNREAD ? " and not " + InboxRules.read("n") : "")
                + (category.isPresent() ? " and n.category = :category" : "");
    }
}
