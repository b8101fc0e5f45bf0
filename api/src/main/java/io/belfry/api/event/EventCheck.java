package io.belfry.api.event;

import io.belfry.api.access.Grants;
import io.belfry.api.problem.Faults;
import io.belfry.core.category.Categories;
import io.belfry.core.category.Category;
import io.belfry.core.event.EventId;
import io.belfry.core.event.EventOptions;
import io.belfry.core.event.Lanes;
import io.belfry.core.event.NewEvent;
import io.belfry.core.event.Priority;
import io.belfry.core.schema.DataSchemas;
import io.belfry.core.segment.Segments;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/// Makes an event of a [Draft], or says all that is wrong with it. Thread-safe; does not block.
@Singleton
final class EventCheck {
    private final Categories categories;
    private final Segments segments;
    private final DataSchemas schemas;
    private final Clock clock;

    EventCheck(Categories categories, Segments segments, DataSchemas schemas, Clock clock) {
        this.categories = categories;
        this.segments = segments;
        this.schemas = schemas;
        this.clock = clock;
    }

    Reading check(Draft draft, Caller caller) {
        Faults faults = draft.faults();
        if (draft.type().isEmpty()) {
            faults.add("/type", "missing (" + Draft.TYPE_EXPECTED + ")");
        }
        if (!draft.namesSomebody()) {
            faults.add("/recipients", "missing (expected: user ids, a topic, segments, or everyone)");
        }
        crowd(draft, caller);
        Category category = category(draft);
        Priority priority = priority(draft, category);
        EventOptions options =
                draft.options().at(clock.instant(), draft.crowd(), draft.type().orElse(""));
        if (faults.isEmpty()) {
            schemas.violations(draft.type().orElseThrow(), draft.data())
                    .forEach(violation -> faults.add("/data" + violation.pointer(), violation.detail()));
        }
        if (!faults.isEmpty()) {
            return new Reading.Refused(faults.problem());
        }
        List<String> recipients = List.copyOf(draft.recipients());
        return new Reading.Event(new NewEvent(
                options.deliverAt().map(EventId::mint).orElseGet(() -> EventId.mint(clock)),
                caller.apiKeyId(),
                draft.key(),
                fingerprint(draft),
                Lanes.of(priority, order(draft)),
                draft.type().orElseThrow(),
                category.id(),
                priority,
                recipients,
                draft.topic(),
                draft.actor(),
                draft.data(),
                draft.traceparent().or(caller::traceparent),
                caller.isTest() ? options.asTest() : options));
    }

    private void crowd(Draft draft, Caller caller) {
        List<String> named = draft.crowd().segments();
        named.stream().filter(segment -> !segments.isKnown(segment)).forEach(segment -> draft.faults()
                .add("/segments", segment + " (expected: a segment that there is)"));
        if (draft.crowd().everyone() && !caller.mayAddressEveryone()) {
            draft.faults().add("/everyone", "expected: an API key with the scope " + Grants.EVENTS_EVERYONE);
        }
    }

    /// What events have in common that must not overtake one another.
    private static String order(Draft draft) {
        return draft.recipients().stream()
                .findFirst()
                .or(draft::topic)
                .or(() -> draft.crowd().segments().stream().findFirst())
                .orElse("everyone");
    }

    private Category category(Draft draft) {
        Category ofType = categories.ofType(draft.type().orElse(""));
        return draft.category()
                .map(id -> categories.find(id).orElseGet(() -> {
                    String known = String.join(
                            ", ", categories.list().stream().map(Category::id).toList());
                    draft.faults().add("/category", "expected: one of " + known);
                    return ofType;
                }))
                .orElse(ofType);
    }

    private static Priority priority(Draft draft, Category category) {
        Optional<String> named = draft.priority();
        if (named.isEmpty()) {
            return category.priority();
        }
        return Priority.ofLabel(named.get()).orElseGet(() -> {
            draft.faults().add("/priority", "expected: critical, high, normal or bulk");
            return category.priority();
        });
    }

    /// What makes two requests equal: everything that the caller said, however it was spelled. No text in it holds a
    /// NUL, so that parts cannot run into one another.
    private static byte[] fingerprint(Draft draft) {
        MessageDigest digest = sha256();
        part(digest, draft.type().orElse(""));
        part(digest, draft.category().orElse(""));
        part(digest, draft.priority().orElse(""));
        part(digest, draft.topic().orElse(""));
        part(digest, draft.actor().orElse(""));
        part(digest, draft.data());
        draft.recipients().forEach(recipient -> part(digest, recipient));
        if (!draft.crowd().isNone()) {
            part(digest, "  " + draft.crowd());
        }
        if (!draft.options().said().isEmpty()) {
            part(digest, " " + draft.options().said());
        }
        return digest.digest();
    }

    private static void part(MessageDigest digest, String text) {
        digest.update(text.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
