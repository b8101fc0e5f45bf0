package io.belfry.core.inbox;

/// Where a notification landed: its offset, and the counts of its inbox there.
public record Written(NewNotification notification, long offset, Counts counts) {}
