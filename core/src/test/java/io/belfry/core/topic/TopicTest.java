package io.belfry.core.topic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TopicTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"a", "order/123", "team/7/deploys", "user/ana@example.com", "a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p"})
    void isATopicAndAFilter(String topic) {
        assertThat(Topic.isValid(topic)).isTrue();
        assertThat(Topic.isFilter(topic)).isTrue();
        assertThat(Topic.filtersOf(topic)).allMatch(Topic::isFilter).allMatch(filter -> Topic.covers(filter, topic));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "a/",
                "/a",
                "a//b",
                "a b",
                "a/#/b",
                "#a",
                "a#",
                "+",
                "ä",
                "a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q"
            })
    void isNeither(String text) {
        assertThat(Topic.isValid(text)).isFalse();
        assertThat(Topic.isFilter(text)).isFalse();
    }

    @Test
    void everyLevelHasAFilter() {
        assertThat(Topic.filtersOf("team/7/deploys"))
                .containsExactly("team/7/deploys", "team/7/deploys/#", "team/7/#", "team/#", "#");
        assertThat(Topic.isValid("x".repeat(255))).isTrue();
        assertThat(Topic.isValid("x".repeat(256))).isFalse();
        assertThat(Topic.isFilter("#")).isTrue();
        assertThat(Topic.isValid("#")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "team/7/#, team/7, true",
        "team/7/#, team/7/#, true",
        "team/7/#, team/7/a/b/#, true",
        "team/7/#, team/77, false",
        "team/7/#, team/#, false",
        "team/7/#, '#', false",
        "team/7, team/7/#, false",
        "'#', '#', true",
    })
    void coversWhatIsBelow(String wide, String filter, boolean covers) {
        assertThat(Topic.covers(wide, filter)).isEqualTo(covers);
    }

    private static FollowRules rules(String... rules) {
        return new FollowRules(new TopicSettings(List.of(rules), 10, 10));
    }

    @Test
    void nothingMayBeFollowedWithoutARule() {
        assertThat(rules().mayFollow("ana", Map.of("topics", List.of("#")), "user/ana"))
                .isFalse();
        assertThat(rules("").mayFollow("ana", Map.of(), "user/ana")).isFalse();
    }

    @Test
    void usersFollowWhatIsTheirs() {
        FollowRules rules = rules("user/{id}/#", "news/#");

        assertThat(rules.mayFollow("ana", Map.of(), "user/ana/orders")).isTrue();
        assertThat(rules.mayFollow("ana", Map.of(), "user/ana/#")).isTrue();
        assertThat(rules.mayFollow("ana", Map.of(), "news/sport")).isTrue();
        for (String other : List.of("user/ben", "user/#", "user/anabel", "#", "order/1")) {
            assertThat(rules.mayFollow("ana", Map.of(), other)).as(other).isFalse();
        }
    }

    @Test
    void claimsSayWhatTheirsIs() {
        FollowRules rules = rules("team/{claim:teams}/{id}/#", "{claim:topics}");
        Map<String, List<String>> claims = Map.of("teams", List.of("7", "8"), "topics", List.of("order/1", "room/#"));

        for (String own : List.of("team/7/ana", "team/8/ana/#", "order/1", "room/9/#")) {
            assertThat(rules.mayFollow("ana", claims, own)).as(own).isTrue();
        }
        for (String other : List.of("team/9/ana", "team/7/ben", "team/7/#", "order/1/#", "order/2")) {
            assertThat(rules.mayFollow("ana", claims, other)).as(other).isFalse();
        }
        assertThat(rules.mayFollow("ana", Map.of(), "order/1")).isFalse();
    }

    @Test
    void aClaimReachesNotBeyondItsLevel() {
        FollowRules rules = rules("team/{claim:teams}/#");
        for (String evil : List.of("#", "7/../8", "a/b", "{id}", "")) {
            Map<String, List<String>> claims = Map.of("teams", Collections.singletonList(evil));
            assertThat(rules.mayFollow("ana", claims, "team/8/x")).as(evil).isFalse();
            assertThat(rules.mayFollow("ana", claims, "team/a/b")).as(evil).isFalse();
            assertThat(rules.mayFollow("ana", claims, "team/ana/x")).as(evil).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"user/{name}/#", "a/#/b", "a b", "{claim:}", "user/{id"})
    void refusesWhatIsNoRule(String rule) {
        assertThatThrownBy(() -> rules(rule))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(rule);
    }
}
