package io.belfry.api.topic;

import io.belfry.api.json.Fields;
import io.belfry.api.problem.Problem;
import io.belfry.core.topic.Followers;
import io.belfry.core.topic.Followers.Follow;
import io.belfry.core.topic.Topic;
import io.belfry.core.topic.TopicSettings;
import io.belfry.core.user.UserId;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MutableHttpResponse;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.function.Predicate;

/// Makes changes of who follows what of JSON, and carries them out. Thread-safe; blocks on the database.
@Singleton
final class FollowReader {
    private final Followers followers;
    private final TopicSettings settings;

    FollowReader(Followers followers, TopicSettings settings) {
        this.followers = followers;
        this.settings = settings;
    }

    /// @param fields `follow` and `unfollow`
    /// @param allowed what the caller may change
    MutableHttpResponse<?> changeOfUser(String user, Fields fields, Predicate<String> allowed) {
        if (!UserId.isValid(user)) {
            fields.faults().add("", "user id (expected: " + UserId.EXPECTED + ")");
        }
        List<String> follow = filters(fields, "follow");
        List<String> unfollow = filters(fields, "unfollow");
        if (!fields.has("follow") && !fields.has("unfollow")) {
            fields.faults().add("", "expected: follow, unfollow, or both");
        }
        if (!fields.faults().isEmpty()) {
            return fields.faults().problem().response();
        }
        if (!follow.stream().allMatch(allowed) || !unfollow.stream().allMatch(allowed)) {
            return Problem.forbidden().response();
        }
        return change(
                fields,
                "follow",
                follow.stream().map(filter -> new Follow(user, filter)).toList(),
                unfollow.stream().map(filter -> new Follow(user, filter)).toList());
    }

    /// @param fields `topic`, `add` and `remove`
    MutableHttpResponse<?> changeOfTopic(Fields fields) {
        String topic = fields.text("topic", Topic::isFilter, Topic.FILTER_EXPECTED);
        List<String> add = users(fields, "add");
        List<String> remove = users(fields, "remove");
        if (!fields.has("add") && !fields.has("remove")) {
            fields.faults().add("", "expected: add, remove, or both");
        }
        if (!fields.faults().isEmpty()) {
            return fields.faults().problem().response();
        }
        return change(
                fields,
                "add",
                add.stream().map(user -> new Follow(user, topic)).toList(),
                remove.stream().map(user -> new Follow(user, topic)).toList());
    }

    private MutableHttpResponse<?> change(Fields fields, String name, List<Follow> follow, List<Follow> unfollow) {
        return switch (followers.change(follow, unfollow)) {
            case Followers.Change.Done(int followed, int unfollowed) ->
                HttpResponse.ok(new TopicForms.Changed(followed, unfollowed));
            case Followers.Change.TooMany(List<String> users, int max) -> {
                fields.fault(
                        name,
                        String.join(", ", users) + " would follow more (expected: at most " + max + " topics a user)");
                yield fields.faults().problem().response();
            }
        };
    }

    private List<String> filters(Fields fields, String name) {
        return fields.optionalTexts(name, settings.maxChange(), "topics", Topic::isFilter, Topic.FILTER_EXPECTED)
                .orElse(List.of());
    }

    private List<String> users(Fields fields, String name) {
        return fields.optionalTexts(name, settings.maxChange(), "user ids", UserId::isValid, UserId.EXPECTED)
                .orElse(List.of());
    }
}
