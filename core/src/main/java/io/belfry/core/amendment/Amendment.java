package io.belfry.core.amendment;

import java.util.Optional;

/// What its sender does to a notification later. Whoever has it gets the change, live or when they come back;
/// whoever has not never sees what was. On the phone's own tray it is best effort: a push that was delivered is
/// replaced through its collapse id, or taken away by a silent message that the app has to obey and the platform
/// may drop.
public sealed interface Amendment {
    int MAX_TEXT = 4000;
    int MAX_LINK = 2000;

    /// It is in no list any more, and a push that waits is not sent.
    record Recall() implements Amendment {}

    /// It says something else. What is absent stays, but for the words where the data is new: those come from the
    /// published template then, unless they are given.
    ///
    /// @param data a JSON object, as text
    record Edit(Optional<String> title, Optional<String> body, Optional<String> link, Optional<String> data)
            implements Amendment {
        public Edit {
            if (title.isEmpty() && body.isEmpty() && link.isEmpty() && data.isEmpty()) {
                throw new IllegalArgumentException("an edit of nothing (expected: title, body, link or data)");
            }
        }
    }

    /// As the API calls it.
    default String label() {
        return switch (this) {
            case Recall _ -> "recall";
            case Edit _ -> "edit";
        };
    }
}
