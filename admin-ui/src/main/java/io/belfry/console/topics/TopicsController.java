package io.belfry.console.topics;

import io.belfry.console.Acts;
import io.belfry.console.Flash;
import io.belfry.console.Needs;
import io.belfry.console.Pages;
import io.belfry.console.Question;
import io.belfry.console.Visit;
import io.belfry.core.access.Role;
import io.belfry.core.topic.Followers;
import io.belfry.core.topic.Topic;
import io.belfry.core.user.UserId;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.Produces;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.http.uri.UriBuilder;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.rules.SecurityRule;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Topics and who follows them, by name or by a filter that covers them.
@Controller("/console/topics")
@Secured(SecurityRule.IS_ANONYMOUS)
@Produces(MediaType.TEXT_HTML)
@Consumes(MediaType.APPLICATION_FORM_URLENCODED)
@ExecuteOn(TaskExecutors.BLOCKING)
@Needs(Role.EDITOR)
final class TopicsController {
    private static final String PATH = "/console/topics";
    private static final String FOLLOWERS = PATH + "/followers";
    private static final int PAGE = 50;

    private final Pages pages;
    private final TopicDirectory directory;
    private final Followers followers;
    private final Acts acts;

    TopicsController(Pages pages, TopicDirectory directory, Followers followers, Acts acts) {
        this.pages = pages;
        this.directory = directory;
        this.followers = followers;
        this.acts = acts;
    }

    record ListModel(String typed, List<TopicDirectory.Line> lines, String first, String next) {}

    @Get
    @Needs(Role.VIEWER)
    MutableHttpResponse<?> list(@QueryValue Optional<String> begins, @QueryValue Optional<String> after, Visit visit) {
        String typed = text(begins);
        List<TopicDirectory.Line> found = directory.search(typed, text(after), PAGE + 1);
        boolean more = found.size() > PAGE;
        List<TopicDirectory.Line> lines = more ? found.subList(0, PAGE) : found;
        return pages.show(
                visit,
                "topics/list",
                new ListModel(
                        typed,
                        lines,
                        after.isPresent() ? address(PATH, "begins", typed) : null,
                        more
                                ? UriBuilder.of(address(PATH, "begins", typed))
                                        .queryParam("after", lines.getLast().filter())
                                        .build()
                                        .toString()
                                : null));
    }

    private static String text(Optional<String> typed) {
        return typed.map(t -> t.replace("\0", "").strip()).orElse("");
    }

    private static String address(String path, String name, String value) {
        return UriBuilder.of(path).queryParam(name, value).build().toString();
    }

    /// @param filter whether it is one, and not a topic to which events can be sent
    /// @param typed the user as typed
    /// @param problem what is wrong, or null
    record FollowersModel(
            String topic,
            boolean filter,
            List<Followers.Follower> lines,
            String first,
            String next,
            String typed,
            String problem) {}

    @Get("/followers")
    @Needs(Role.VIEWER)
    MutableHttpResponse<?> page(@QueryValue String topic, @QueryValue Optional<String> after, Visit visit) {
        return Topic.isFilter(topic)
                ? pages.show(visit, "topics/followers", model(topic, after, "", null))
                : pages.notFound(visit, "topic: it is " + Topic.FILTER_EXPECTED);
    }

    private FollowersModel model(String topic, Optional<String> after, String typed, String problem) {
        boolean isFilter = !Topic.isValid(topic);
        List<Followers.Follower> found = isFilter
                ? directory.followersOf(topic, text(after), PAGE + 1)
                : followers.ofTopic(topic, text(after), PAGE + 1);
        boolean more = found.size() > PAGE;
        List<Followers.Follower> lines = more ? found.subList(0, PAGE) : found;
        String address = address(FOLLOWERS, "topic", topic);
        return new FollowersModel(
                topic,
                isFilter,
                lines,
                after.isPresent() ? address : null,
                more
                        ? UriBuilder.of(address)
                                .queryParam("after", lines.getLast().user())
                                .build()
                                .toString()
                        : null,
                typed,
                problem);
    }

    @Post("/followers")
    MutableHttpResponse<?> follow(@QueryValue String topic, Visit visit) {
        if (!Topic.isFilter(topic)) {
            return pages.notFound(visit, "topic: it is " + Topic.FILTER_EXPECTED);
        }
        String user = visit.form().text("user");
        if (!UserId.isValid(user)) {
            return refuse(visit, topic, user, "User: “" + user + "” (expected: " + UserId.EXPECTED + ").");
        }
        return switch (followers.change(List.of(new Followers.Follow(user, topic)), List.of())) {
            case Followers.Change.Done(int followed, int unfollowed) -> {
                if (followed > 0) {
                    acts.record(visit, "topic.follow", topic, Map.of("user", user));
                }
                yield pages.go(
                        visit,
                        address(FOLLOWERS, "topic", topic),
                        Flash.done(followed > 0 ? user + " follows it now." : user + " followed it already."));
            }
            case Followers.Change.TooMany(List<String> users, int max) ->
                refuse(visit, topic, user, user + " would follow more than " + max + " topics. Nothing was changed.");
        };
    }

    private MutableHttpResponse<?> refuse(Visit visit, String topic, String user, String problem) {
        return pages.refuse(visit, "topics/followers", model(topic, Optional.empty(), user, problem));
    }

    @Get("/unfollow")
    MutableHttpResponse<?> askUnfollow(@QueryValue String topic, @QueryValue String user, Visit visit) {
        return Topic.isFilter(topic) && UserId.isValid(user)
                ? pages.ask(
                        visit,
                        "topics",
                        Question.danger(
                                "Take " + user + " from " + topic + "?",
                                List.of(
                                        "Events that go to " + topic + " do not reach " + user
                                                + " any more, unless another"
                                                + " filter of theirs covers it. What they have stays.",
                                        "They are not told. Services, or the user where that is allowed, can add them again."),
                                UriBuilder.of(PATH + "/unfollow")
                                        .queryParam("topic", topic)
                                        .queryParam("user", user)
                                        .build()
                                        .toString(),
                                "Take them off",
                                address(FOLLOWERS, "topic", topic)))
                : pages.notFound(visit, "follower");
    }

    @Post("/unfollow")
    MutableHttpResponse<?> unfollow(@QueryValue String topic, @QueryValue String user, Visit visit) {
        if (!Topic.isFilter(topic) || !UserId.isValid(user)) {
            return pages.notFound(visit, "follower");
        }
        boolean done = followers.change(List.of(), List.of(new Followers.Follow(user, topic)))
                        instanceof Followers.Change.Done(int followed, int unfollowed)
                && unfollowed > 0;
        if (done) {
            acts.record(visit, "topic.unfollow", topic, Map.of("user", user));
        }
        return pages.go(
                visit,
                address(FOLLOWERS, "topic", topic),
                done ? Flash.done(user + " does not follow it any more.") : Flash.failed(user + " did not follow it."));
    }
}
