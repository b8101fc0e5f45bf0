package io.belfry.standalone.demo;

import io.micronaut.context.annotation.ConfigurationProperties;
import io.micronaut.context.annotation.Requires;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.core.convert.format.MapFormat;
import io.micronaut.core.naming.conventions.StringConvention;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.NotEmpty;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What the demo page knows (`belfry.demo`); `belfry up` sets all of it.
///
/// @param apiKey with which the page's events are sent; never told to the browser
/// @param tokens of the users who sit at the page, by user
/// @param simulatorUrl of the phone simulator; null when pushes go to Firebase
@ConfigurationProperties("belfry.demo")
@Requires(property = "belfry.demo.enabled", value = "true")
record DemoSettings(
        @NotBlank String apiKey,

        @NotEmpty @MapFormat(keyFormat = StringConvention.RAW)
        Map<String, String> tokens,

        @Nullable String simulatorUrl) {

    record User(String id, String token) {
        /// The push address of this user's phone at the simulator.
        String phone() {
            return "demo-phone-" + id;
        }

        @Override
        public String toString() {
            return "User[id=" + id + ", token=[REDACTED]]";
        }
    }

    /// By name.
    List<User> users() {
        return tokens.entrySet().stream()
                .map(entry -> new User(entry.getKey(), entry.getValue()))
                .sorted(Comparator.comparing(User::id))
                .toList();
    }

    Optional<String> simulator() {
        return Optional.ofNullable(simulatorUrl);
    }

    @Override
    public String toString() {
        return "DemoSettings[apiKey=[REDACTED], users=" + tokens.keySet() + ", simulatorUrl=" + simulatorUrl + "]";
    }
}
