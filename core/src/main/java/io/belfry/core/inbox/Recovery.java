package io.belfry.core.inbox;

import java.util.List;

/// What a client that comes back has missed.
public sealed interface Recovery {
    /// Everything past its offset, in order of offset, in its present state.
    record Complete(InboxPosition position, List<InboxChange> changes) implements Recovery {}

    /// It must reload: its offset is above the head, it missed more than the limit, or what it missed is too old to be
    /// there.
    record Reload(InboxPosition position) implements Recovery {}

    InboxPosition position();
}
