package io.belfry.core.inbox;

import java.util.List;
import java.util.OptionalLong;

/// A page of an inbox, newest first.
///
/// @param before the cursor of the next page: list what was created before this offset; empty at the end
public record InboxPage(List<InboxItem> items, OptionalLong before, InboxPosition position) {}
