package io.belfry.api.topic;

import static io.swagger.v3.oas.annotations.media.Schema.RequiredMode.REQUIRED;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.micronaut.core.annotation.Introspected;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.serde.annotation.Serdeable;
import io.swagger.v3.oas.annotations.media.ArraySchema;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;

/// How follows look in requests and answers.
final class TopicForms {
    static final String FILTER = "^(#|[A-Za-z0-9._:@-]+(/[A-Za-z0-9._:@-]+){0,15}(/#)?)$";
    static final String USER = "^[A-Za-z0-9._:@-]{1,128}$";

    private TopicForms() {}

    @Introspected
    @Schema(
            name = "FollowChange",
            description = "What a user follows from now on, and what no more.",
            additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
    record OfUser(
            @Nullable
            @ArraySchema(
                    arraySchema = @Schema(description = "Topics, or filters that end in `/#`"),
                    schema = @Schema(pattern = FILTER, maxLength = 255, example = "team/7/#"),
                    minItems = 1,
                    maxItems = 1000)
            List<String> follow,

            @Nullable
            @ArraySchema(
                    schema = @Schema(pattern = FILTER, maxLength = 255, example = "order/123"),
                    minItems = 1,
                    maxItems = 1000)
            List<String> unfollow) {}

    @Introspected
    @Schema(
            name = "FollowersChange",
            description = "Who follows a topic from now on, and who no more.",
            additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
    record OfTopic(
            @Schema(
                    requiredMode = REQUIRED,
                    description = "A topic, or a filter that ends in `/#`",
                    pattern = FILTER,
                    maxLength = 255,
                    example = "order/123")
            String topic,

            @Nullable @ArraySchema(schema = @Schema(pattern = USER, example = "ana"), minItems = 1, maxItems = 1000)
            List<String> add,

            @Nullable @ArraySchema(schema = @Schema(pattern = USER, example = "ben"), minItems = 1, maxItems = 1000)
            List<String> remove) {}

    @Serdeable
    @Schema(name = "FollowsChanged")
    record Changed(
            @Schema(requiredMode = REQUIRED, description = "How many are followed that were not")
            int followed,

            @Schema(requiredMode = REQUIRED, description = "How many were followed and are not")
            int unfollowed) {}

    @Serdeable
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "FollowPage")
    record Follows(
            List<Follow> items,

            @Nullable @Schema(description = "For the next page; none on the last")
            String nextCursor) {}

    @Serdeable
    @Schema(name = "Follow")
    record Follow(
            @Schema(requiredMode = REQUIRED, description = "A topic, or a filter that ends in `/#`")
            String topic,

            Instant since) {}

    @Serdeable
    @JsonInclude(JsonInclude.Include.NON_NULL)
    @Schema(name = "FollowerPage")
    record Followers(
            List<Follower> items,

            @Nullable @Schema(description = "For the next page; none on the last")
            String nextCursor) {}

    @Serdeable
    @Schema(name = "Follower")
    record Follower(
            String user,

            @Schema(requiredMode = REQUIRED, description = "What they follow of which the topic is a part")
            List<String> through,

            Instant since) {}
}
