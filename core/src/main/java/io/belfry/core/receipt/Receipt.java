package io.belfry.core.receipt;

/// Proof that a device has everything up to these offsets. Cumulative.
///
/// @param deviceId empty for a connection that names no device
/// @param inboxOffset 0 when nothing of the inbox was proved
/// @param announcementOffset likewise for announcements
public record Receipt(String userId, String deviceId, long inboxOffset, long announcementOffset) {}
