package io.belfry.gateway;

import io.belfry.core.user.UserId;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What is known of a command while it is read, in whatever encoding.
final class CommandDraft {
    private static final Pattern LOCALE = Pattern.compile("[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}");
    private static final int MAX_POSITIONS = 16;
    private static final long MUST_RECOVER = 2;
    private static final byte[] NOTHING = {};

    private final Map<String, Command.ClientPosition> positions = new HashMap<>(4);
    long id;
    Kind kind;
    String token = "";
    String name = "";
    String channel = "";
    String method = "";
    String epoch = "";
    long offset;
    boolean recover;
    long flag;
    long limit;
    boolean reverse;
    boolean joinLeave;
    Command.ClientPosition since;
    String deviceId;
    String locale;
    byte[] data = NOTHING;

    /// The requests of the protocol, each under its number in Protobuf and its name in JSON.
    enum Kind {
        CONNECT(4),
        SUBSCRIBE(5),
        UNSUBSCRIBE(6),
        PUBLISH(7),
        PRESENCE(8),
        PRESENCE_STATS(9),
        HISTORY(10),
        SEND(12),
        RPC(13),
        REFRESH(14),
        SUB_REFRESH(15);

        private static final Map<String, Kind> BY_NAME =
                Arrays.stream(values()).collect(Collectors.toMap(k -> k.name().toLowerCase(Locale.ROOT), k -> k));
        private static final Map<Integer, Kind> BY_FIELD =
                Arrays.stream(values()).collect(Collectors.toMap(k -> k.field, Function.identity()));

        private final int field;

        Kind(int field) {
            this.field = field;
        }

        static Optional<Kind> ofName(String name) {
            return Optional.ofNullable(BY_NAME.get(name));
        }

        static Optional<Kind> ofField(int field) {
            return Optional.ofNullable(BY_FIELD.get(field));
        }
    }

    /// @throws IOException when there is a request in the command already
    void begin(Kind request) throws IOException {
        if (kind != null) {
            throw new IOException("two requests in one command");
        }
        kind = request;
    }

    /// Positions in more channels than anybody has are dropped.
    void stands(String name, Command.ClientPosition position) {
        if (positions.size() < MAX_POSITIONS) {
            positions.put(name, position);
        }
    }

    Command.Connect connect() {
        return new Command.Connect(
                id,
                token,
                ClientSdk.named(name),
                positions,
                Optional.ofNullable(deviceId).filter(UserId::isValid),
                Optional.ofNullable(locale).filter(l -> LOCALE.matcher(l).matches()));
    }

    /// @throws IOException when what was read is no command
    Command command() throws IOException {
        if (kind == null) {
            if (id != 0) {
                throw new IOException("no known request in the command");
            }
            return new Command.Pong();
        }
        if (id <= 0 && kind != Kind.SEND) {
            throw new IOException("id: " + id + " (expected: a positive number, which the reply repeats)");
        }
        return switch (kind) {
            case CONNECT -> connect();
            case RPC -> new Command.Rpc(id, method, data);
            case REFRESH -> new Command.Refresh(id, token);
            case SUBSCRIBE ->
                new Command.Subscribe(
                        id,
                        channel,
                        token,
                        new Command.ClientPosition(recover, epoch, offset),
                        (flag & MUST_RECOVER) != 0,
                        joinLeave);
            case UNSUBSCRIBE -> new Command.Unsubscribe(id, channel);
            case SEND -> new Command.Send();
            case PUBLISH -> new Command.Publish(id, channel, data);
            case HISTORY ->
                new Command.History(
                        id,
                        channel,
                        Math.clamp(limit, Integer.MIN_VALUE, Integer.MAX_VALUE),
                        Optional.ofNullable(since),
                        reverse);
            case PRESENCE -> new Command.Presence(id, channel);
            case PRESENCE_STATS -> new Command.PresenceStats(id, channel);
            case SUB_REFRESH -> new Command.SubscriptionRefresh(id, channel, token);
        };
    }
}
