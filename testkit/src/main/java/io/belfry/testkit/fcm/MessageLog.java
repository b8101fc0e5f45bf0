package io.belfry.testkit.fcm;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.LongFunction;
import java.util.function.Predicate;

/// The last messages received, oldest first; the oldest goes when it is full. Thread-safe.
final class MessageLog {

    private final int capacity;
    private final ArrayDeque<ReceivedMessage> messages = new ArrayDeque<>();
    private long sequence;
    private long accepted;
    private long delivered;

    MessageLog(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("capacity: " + capacity + " (expected: > 0)");
        }
        this.capacity = capacity;
    }

    synchronized ReceivedMessage append(LongFunction<ReceivedMessage> numbered) {
        ReceivedMessage message = numbered.apply(++sequence);
        if (messages.size() == capacity) {
            messages.removeFirst();
        }
        messages.addLast(message);
        accepted += message.accepted() ? 1 : 0;
        delivered += message.delivered() ? 1 : 0;
        return message;
    }

    synchronized List<ReceivedMessage> select(Predicate<ReceivedMessage> filter) {
        return messages.stream().filter(filter).toList();
    }

    /// What is on the phone: the delivered messages, each replaced by the last one of the same collapse key.
    List<ReceivedMessage> shownOn(String token) {
        LinkedHashMap<String, ReceivedMessage> shown = new LinkedHashMap<>();
        for (ReceivedMessage message : select(m -> m.delivered() && m.token().equals(token))) {
            String key = message.collapseKey().orElse("sequence-" + message.sequence());
            shown.remove(key);
            shown.put(key, message);
        }
        Collection<ReceivedMessage> values = shown.values();
        return new ArrayList<>(values);
    }

    synchronized void removeIf(Predicate<ReceivedMessage> filter) {
        messages.removeIf(filter);
    }

    synchronized long received() {
        return sequence;
    }

    synchronized long accepted() {
        return accepted;
    }

    synchronized long delivered() {
        return delivered;
    }
}
