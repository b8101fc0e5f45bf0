package io.belfry.console;

import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/// One page of a list that is held in memory. Immutable.
///
/// @param from the number of its first item, from 1; 0 when the list is empty
/// @param to the number of its last item
/// @param total how many items the whole list has
/// @param previous address of the page before, null on the first
/// @param next address of the page after, null on the last
public record Slice<T>(List<T> items, int from, int to, int total, String previous, String next) {
    /// @param page from 1, as typed into the address; what is past the end shows the last page
    /// @param address of a page
    public static <T> Slice<T> of(List<T> all, Optional<Integer> page, int size, IntFunction<String> address) {
        int pages = Math.max(1, (all.size() + size - 1) / size);
        int number = Math.clamp(page.orElse(1), 1, pages);
        int from = (number - 1) * size;
        int to = Math.min(all.size(), from + size);
        return new Slice<>(
                all.subList(from, to),
                all.isEmpty() ? 0 : from + 1,
                to,
                all.size(),
                number == 1 ? null : address.apply(number - 1),
                number == pages ? null : address.apply(number + 1));
    }
}
