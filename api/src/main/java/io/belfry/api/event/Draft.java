package io.belfry.api.event;

import io.belfry.api.problem.Faults;
import io.belfry.core.event.Crowd;
import io.belfry.core.segment.Segment;
import io.belfry.core.topic.Topic;
import io.belfry.core.user.UserId;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// What a request says of one event, and what is wrong with it. For one thread.
final class Draft {
    static final String TYPE_EXPECTED = "expected: 1 to 128 of letters, digits and . _ : -, such as order.shipped";
    static final String KEY_EXPECTED = "expected: 1 to 255 printable ASCII characters";
    static final String TOPIC_EXPECTED = "expected: " + Topic.EXPECTED;
    static final String USER_EXPECTED = "expected: " + UserId.EXPECTED;
    static final String SEGMENT_EXPECTED = "expected: " + Segment.ID_EXPECTED;
    private static final Pattern TYPE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,127}");
    private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{1,255}");

    private final Faults faults = new Faults();
    private final Set<String> recipients = new LinkedHashSet<>();
    private final Set<String> segments = new LinkedHashSet<>();
    private boolean everyone;
    private boolean namesRecipients;
    private String key;
    private String type;
    private String topic;
    private String actor;
    private String category;
    private String priority;
    private String traceparent;
    private String data = "{}";
    private final DraftOptions options = new DraftOptions(faults);

    Faults faults() {
        return faults;
    }

    static boolean isKey(String value) {
        return KEY.matcher(value).matches();
    }

    /// The idempotency key in the body.
    void key(String pointer, String value) {
        if (isKey(value)) {
            key = value;
        } else {
            faults.add(pointer, KEY_EXPECTED);
        }
    }

    /// The idempotency key in the request's header, which is the same as the body's where both are given.
    void headerKey(String value) {
        if (!isKey(value)) {
            faults.add("", "Idempotency-Key (" + KEY_EXPECTED + ")");
        } else if (key != null && !key.equals(value)) {
            faults.add("/id", key + " (expected: the key in the header Idempotency-Key, or none)");
        } else {
            key = value;
        }
    }

    /// A key that is made of other parts, already checked, for an event that has none of its own. It holds a space, so
    /// it is never one that a caller chose.
    void derivedKey(String value) {
        if (key == null) {
            key = value;
        }
    }

    void type(String pointer, String value) {
        if (TYPE.matcher(value).matches()) {
            type = value;
        } else {
            faults.add(pointer, TYPE_EXPECTED);
            type = "";
        }
    }

    void topic(String pointer, String value) {
        if (Topic.isValid(value)) {
            topic = value;
        } else {
            faults.add(pointer, TOPIC_EXPECTED);
            topic = "";
        }
    }

    void actor(String pointer, String value) {
        if (UserId.isValid(value)) {
            actor = value;
        } else {
            faults.add(pointer, USER_EXPECTED);
        }
    }

    void category(String value) {
        category = value;
    }

    void priority(String value) {
        priority = value;
    }

    /// The event's own trace context, instead of the request's.
    void traceparent(String value) {
        traceparent = value;
    }

    /// That there was a list of recipients, empty or not.
    void namesRecipients() {
        namesRecipients = true;
    }

    void recipient(String pointer, String value) {
        if (UserId.isValid(value)) {
            recipients.add(value);
        } else {
            faults.add(pointer, USER_EXPECTED);
        }
    }

    /// That it is for all users.
    void everyone() {
        everyone = true;
    }

    void segment(String pointer, String value) {
        if (Segment.isId(value)) {
            segments.add(value);
        } else {
            faults.add(pointer, SEGMENT_EXPECTED);
        }
    }

    /// @param json an object on one line
    void data(String json) {
        data = json;
    }

    /// What it asks of its delivery.
    DraftOptions options() {
        return options;
    }

    boolean namesSomebody() {
        return namesRecipients || topic != null || everyone;
    }

    Optional<String> key() {
        return Optional.ofNullable(key);
    }

    Optional<String> type() {
        return Optional.ofNullable(type);
    }

    Optional<String> topic() {
        return Optional.ofNullable(topic);
    }

    Optional<String> actor() {
        return Optional.ofNullable(actor);
    }

    Optional<String> category() {
        return Optional.ofNullable(category);
    }

    Optional<String> priority() {
        return Optional.ofNullable(priority);
    }

    Optional<String> traceparent() {
        return Optional.ofNullable(traceparent);
    }

    Collection<String> recipients() {
        return List.copyOf(recipients);
    }

    Crowd crowd() {
        return segments.isEmpty() && !everyone ? Crowd.NONE : new Crowd(List.copyOf(segments), everyone);
    }

    String data() {
        return data;
    }
}
