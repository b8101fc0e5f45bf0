package io.belfry.core.category;

import java.util.List;

/// What came of removing a category.
public sealed interface Removal {
    record Removed() implements Removal {}

    /// There was none with that id.
    record Missing() implements Removal {}

    /// It is the one that types without a category fall into.
    record IsDefault() implements Removal {}

    /// Nothing was removed.
    ///
    /// @param types the event types in it
    /// @param broadcasts how many broadcasts were made in it
    record Used(List<String> types, long broadcasts) implements Removal {}
}
