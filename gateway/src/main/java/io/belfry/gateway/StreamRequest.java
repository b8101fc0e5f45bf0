package io.belfry.gateway;

import io.belfry.core.user.UserId;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpParameters;
import io.micronaut.http.HttpRequest;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// What a client asks for that wants an event stream.
///
/// @param token or empty
/// @param ticket or empty
/// @param position where it stood, if it comes back
/// @param origin of the page, if it is one of another host that may read the answer
record StreamRequest(
        String token,
        Optional<String> ticket,
        Optional<EventId> position,
        Optional<String> deviceId,
        Optional<String> locale,
        Optional<String> origin) {
    private static final String SCHEME = "Bearer ";
    private static final Pattern LOCALE = Pattern.compile("[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}");

    /// The `id` of an event: where the client stands in both channels once it has it. Clients take it for opaque.
    record EventId(String epoch, long inbox, long announcements) {
        private static final Pattern FORM = Pattern.compile("([0-9A-Za-z-]{1,32})\\.([0-9]{1,16})\\.([0-9]{1,16})");

        static Optional<EventId> parse(String text) {
            var matcher = FORM.matcher(text);
            return matcher.matches()
                    ? Optional.of(new EventId(
                            matcher.group(1), Long.parseLong(matcher.group(2)), Long.parseLong(matcher.group(3))))
                    : Optional.empty();
        }
    }

    static StreamRequest of(HttpRequest<?> request) {
        HttpHeaders headers = request.getHeaders();
        HttpParameters query = request.getParameters();
        String lastEvent = Optional.ofNullable(headers.get("Last-Event-ID"))
                .or(() -> Optional.ofNullable(query.get("last_event_id")))
                .orElse("");
        return new StreamRequest(
                bearer(headers).orElse(""),
                Optional.ofNullable(query.get("ticket")),
                // An id that we never gave is one of another epoch.
                lastEvent.isEmpty()
                        ? Optional.empty()
                        : EventId.parse(lastEvent).or(() -> Optional.of(new EventId("0", 0, 0))),
                Optional.ofNullable(query.get("device_id")).filter(UserId::isValid),
                Optional.ofNullable(query.get("locale"))
                        .filter(l -> LOCALE.matcher(l).matches()),
                Optional.ofNullable(headers.get(HttpHeaders.ORIGIN)));
    }

    /// The token in an `Authorization` header.
    static Optional<String> bearer(HttpHeaders headers) {
        return Optional.ofNullable(headers.get(HttpHeaders.AUTHORIZATION))
                .filter(value -> value.regionMatches(true, 0, SCHEME, 0, SCHEME.length()))
                .map(value -> value.substring(SCHEME.length()).strip());
    }

    Command.Connect command() {
        Map<String, Command.ClientPosition> positions = position.map(p -> Map.of(
                        ClientChannel.INBOX.label(), new Command.ClientPosition(true, p.epoch, p.inbox),
                        ClientChannel.ANNOUNCEMENTS.label(),
                                new Command.ClientPosition(true, p.epoch, p.announcements)))
                .orElse(Map.of());
        return new Command.Connect(1, token, ClientSdk.OTHER, positions, deviceId, locale);
    }

    @Override
    public String toString() {
        return "StreamRequest[token=[REDACTED], ticket=[REDACTED], position=" + position + "]";
    }
}
