package io.belfry.gateway;

import io.micronaut.context.annotation.EachProperty;
import io.micronaut.context.annotation.Parameter;
import io.micronaut.core.bind.annotation.Bindable;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// What channels of one namespace are like (`belfry.gateway.namespaces.<name>`). A channel belongs to the namespace
/// that its name has before the first colon: `news:today` to `news`. Channels of no namespace do not exist.
///
/// @param subscribe who may subscribe: `token`, `owner`, `users`; any one of these [Reason]s is enough, and with
///     none of them nobody may
/// @param publish which clients may publish; services may always
/// @param historySize how many publications are kept for clients that come back; 0 for none: then what a client misses
///     is lost
/// @param historyLife how long they are kept, from the last publication on
/// @param presence who may see who is there; with `nobody` it is not kept
/// @param presenceSize how many connections of one node may be in one channel that keeps presence; more are refused
///     (error 106)
/// @param joinLeave whether subscribers are told of those who come and go, if they ask for it
@EachProperty("belfry.gateway.namespaces")
public record Namespace(
        @Parameter String name,
        @Bindable(defaultValue = "token") @NotNull List<String> subscribe,
        @Bindable(defaultValue = "nobody") @NotNull Access publish,
        @Bindable(defaultValue = "0") @Min(0) @Max(10_000) int historySize,
        @Bindable(defaultValue = "5m") @NotNull Duration historyLife,
        @Bindable(defaultValue = "nobody") @NotNull Visibility presence,

        @Bindable(defaultValue = "1000") @Min(1) @Max(100_000)
        int presenceSize,

        @Bindable(defaultValue = "false") boolean joinLeave) {

    /// Why a client may subscribe.
    public enum Reason {
        /// It has a token for that channel.
        TOKEN,
        /// The channel is its user's: `user:42` of the user `42`; or it names the user behind a `#`, as
        /// `chat:plans#42,43` does.
        OWNER,
        /// Everyone with a token for connections may.
        USERS;

        private String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /// A word that is no reason would keep everybody out, and nobody would know why.
    public Namespace {
        subscribe = subscribe.stream()
                .map(reason -> reason.strip().toLowerCase(Locale.ROOT))
                .filter(reason -> !reason.isEmpty())
                .toList();
        for (String reason : subscribe) {
            if (Arrays.stream(Reason.values()).noneMatch(r -> r.label().equals(reason))) {
                throw new IllegalArgumentException("belfry.gateway.namespaces." + name + ".subscribe: " + reason
                        + " (expected: token, owner, users, or nothing)");
            }
        }
    }

    /// Which clients may.
    public enum Access {
        NOBODY,
        /// Those who are subscribed.
        SUBSCRIBERS,
        /// Everyone with a token.
        USERS
    }

    /// Who may see.
    public enum Visibility {
        NOBODY,
        /// Services alone.
        SERVICES,
        /// Services, and clients that are subscribed.
        SUBSCRIBERS,
        /// Services, and everyone with a token.
        USERS
    }

    boolean hasHistory() {
        return historySize > 0;
    }

    boolean hasPresence() {
        return presence != Visibility.NOBODY;
    }

    /// Whether a user may subscribe to a channel of this namespace without a token for it.
    boolean isOpenTo(String user, String channel) {
        return lets(Reason.USERS) || lets(Reason.OWNER) && isOwner(user, channel);
    }

    /// Whether one may subscribe for that reason.
    boolean lets(Reason reason) {
        return subscribe.contains(reason.label());
    }

    private boolean isOwner(String user, String channel) {
        String rest = channel.substring(name.length() + 1);
        int owners = rest.lastIndexOf('#');
        return owners < 0
                ? rest.equals(user)
                : List.of(rest.substring(owners + 1).split(",")).contains(user);
    }
}
