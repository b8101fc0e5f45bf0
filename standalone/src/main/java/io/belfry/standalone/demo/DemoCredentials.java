package io.belfry.standalone.demo;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Objects;

/// Everything one needs to use a demo.
///
/// @param jwtSecret signs the tokens of users
/// @param apiKey may do everything that services may
/// @param running where it runs; null while it does not
@JsonInclude(JsonInclude.Include.NON_NULL)
public record DemoCredentials(String jwtSecret, String apiKey, Operator operator, List<User> users, Running running) {
    public DemoCredentials {
        Objects.requireNonNull(jwtSecret, "jwtSecret");
        Objects.requireNonNull(apiKey, "apiKey");
        Objects.requireNonNull(operator, "operator");
        users = List.copyOf(users);
    }

    /// Who signs in to the console.
    public record Operator(String user, String password) {
        @Override
        public String toString() {
            return "Operator[user=" + user + ", password=[REDACTED]]";
        }
    }

    /// An end user, with a token that stays valid for years.
    public record User(String id, String token) {
        @Override
        public String toString() {
            return "User[id=" + id + ", token=[REDACTED]]";
        }
    }

    /// The addresses of a demo that runs.
    ///
    /// @param simulatorUrl of the phone simulator; null without one
    /// @param databaseUrl of its PostgreSQL, password included
    /// @param redisUri of its Redis, password included
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Running(String url, String simulatorUrl, String databaseUrl, String redisUri) {
        @Override
        public String toString() {
            return "Running[url=" + url + ", simulatorUrl=" + simulatorUrl + "]";
        }
    }

    public DemoCredentials runningAt(Running addresses) {
        return new DemoCredentials(jwtSecret, apiKey, operator, users, addresses);
    }

    public DemoCredentials stopped() {
        return runningAt(null);
    }

    @Override
    public String toString() {
        return "DemoCredentials[operator=" + operator + ", users=" + users + ", running=" + running + "]";
    }
}
