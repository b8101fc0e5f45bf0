package io.belfry.core.inbox;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/// An inbox as simple as it can be: a list of entries, and counts that are counted.
final class InboxModel {
    private final List<Entry> entries = new ArrayList<>();
    private long head;

    static final class Entry {
        final UUID id;
        final String key;
        long offset;
        boolean read;
        boolean seen;
        boolean acknowledged;
        String place = "";

        Entry(UUID id, String key, long offset) {
            this.id = id;
            this.key = key;
            this.offset = offset;
        }

        boolean isListed() {
            return place.isEmpty();
        }
    }

    long head() {
        return head;
    }

    List<UUID> ids() {
        return entries.stream().map(e -> e.id).toList();
    }

    List<UUID> snoozed() {
        return entries.stream()
                .filter(e -> e.place.equals("snoozed"))
                .map(e -> e.id)
                .toList();
    }

    void create(UUID id, Optional<String> key) {
        head++;
        key.ifPresent(k -> entries.removeIf(e -> k.equals(e.key)));
        entries.add(new Entry(id, key.orElse(null), head));
    }

    private List<Entry> chosen(List<UUID> ids) {
        Set<UUID> wanted = new HashSet<>(ids);
        return entries.stream()
                .filter(e -> wanted.contains(e.id) && !e.place.equals("recalled"))
                .sorted(Comparator.comparingLong((Entry e) -> e.offset))
                .toList();
    }

    private boolean change(List<Entry> changed, Consumer<Entry> change) {
        if (changed.isEmpty()) {
            return false;
        }
        head++;
        changed.forEach(change);
        return true;
    }

    void perform(InboxAct act) {
        List<Entry> chosen = chosen(act.ids());
        switch (act) {
            case InboxAct.Read _ -> change(chosen.stream().filter(e -> !e.read).toList(), InboxModel::read);
            case InboxAct.Unread _ -> change(chosen.stream().filter(e -> e.read).toList(), e -> e.read = false);
            case InboxAct.Archive _ ->
                change(chosen.stream().filter(e -> !e.place.equals("archived")).toList(), e -> e.place = "archived");
            case InboxAct.Snooze _ ->
                change(chosen.stream().filter(e -> !e.place.equals("snoozed")).toList(), e -> e.place = "snoozed");
            case InboxAct.Acknowledge _ ->
                change(chosen.stream().filter(e -> !e.acknowledged).toList(), e -> {
                    e.acknowledged = true;
                    read(e);
                });
            case InboxAct.Unarchive _ -> back(chosen, "archived");
            case InboxAct.Unsnooze _ -> back(chosen, "snoozed");
        }
    }

    private void back(List<Entry> chosen, String place) {
        chosen.stream().filter(e -> e.place.equals(place)).forEach(e -> {
            head++;
            e.place = "";
        });
    }

    private static void read(Entry entry) {
        entry.read = true;
        entry.seen = true;
    }

    void readThrough(long offset) {
        boolean isAny = entries.stream().anyMatch(e -> e.isListed() && !e.read && e.offset <= offset);
        if (isAny) {
            head++;
            entries.stream().filter(e -> e.offset <= offset).forEach(InboxModel::read);
        }
    }

    void seenThrough(long offset) {
        boolean isAny = entries.stream().anyMatch(e -> e.isListed() && !e.seen && e.offset <= offset);
        if (isAny) {
            head++;
            entries.stream().filter(e -> e.offset <= offset).forEach(e -> e.seen = true);
        }
    }

    void amend(UUID id, boolean isRecall) {
        chosen(List.of(id)).forEach(e -> {
            head++;
            e.place = isRecall ? "recalled" : e.place;
        });
    }

    /// Those come again that are not acknowledged, nor asleep.
    void repeated(List<UUID> ids) {
        chosen(ids).stream()
                .filter(e -> !e.acknowledged && !e.place.equals("snoozed"))
                .forEach(this::comeAgain);
    }

    private void comeAgain(Entry entry) {
        entry.offset = ++head;
        entry.place = "";
        entry.read = false;
        entry.seen = false;
    }

    /// All that are snoozed come back.
    void returned() {
        entries.stream()
                .filter(e -> e.place.equals("snoozed"))
                .sorted(Comparator.comparingLong((Entry e) -> e.offset))
                .forEach(this::comeAgain);
    }

    Counts counts() {
        List<Entry> listed = entries.stream().filter(Entry::isListed).toList();
        return new Counts(
                listed.size(), (int) listed.stream().filter(e -> !e.read).count(), (int)
                        listed.stream().filter(e -> !e.seen).count());
    }

    /// What the list shows, newest first.
    List<Map<String, Object>> list() {
        return entries.stream()
                .filter(Entry::isListed)
                .sorted(Comparator.comparingLong((Entry e) -> e.offset).reversed())
                .map(e -> Map.<String, Object>of(
                        "id",
                        e.id.toString(),
                        "offset",
                        e.offset,
                        "read",
                        e.read,
                        "seen",
                        e.seen,
                        "acknowledged",
                        e.acknowledged))
                .toList();
    }
}
