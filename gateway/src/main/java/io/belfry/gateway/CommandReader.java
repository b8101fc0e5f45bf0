package io.belfry.gateway;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.belfry.core.user.UserId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Reads the commands of a JSON message: objects, one after the other. Unknown fields are skipped. Stateless.
final class CommandReader {
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(32)
                    .maxNumberLength(32)
                    .build())
            // Names are chosen by clients.
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();
    private static final Set<String> KINDS = Set.of(
            "connect",
            "rpc",
            "refresh",
            "send",
            "subscribe",
            "unsubscribe",
            "publish",
            "history",
            "presence",
            "presence_stats",
            "sub_refresh");
    private static final Pattern LOCALE = Pattern.compile("[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}");
    private static final int MAX_POSITIONS = 16;
    private static final byte[] NOTHING = {};

    private CommandReader() {}

    /// @throws IOException when it is not JSON, or not commands
    static List<Command> read(byte[] message) throws IOException {
        var commands = new ArrayList<Command>(2);
        try (JsonParser json = JSON.createParser(message)) {
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                require(json, token, JsonToken.START_OBJECT);
                commands.add(command(json, message));
            }
        }
        return commands;
    }

    private static Command command(JsonParser json, byte[] message) throws IOException {
        var draft = new Draft();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            JsonToken value = json.nextToken();
            if (name.equals("id")) {
                require(json, value, JsonToken.VALUE_NUMBER_INT);
                draft.id = json.getLongValue();
            } else if (value == JsonToken.START_OBJECT && KINDS.contains(name)) {
                if (draft.kind != null) {
                    throw new IOException("two requests in one command");
                }
                draft.kind = name;
                request(json, message, draft);
            } else {
                json.skipChildren();
            }
        }
        return draft.command();
    }

    private static void request(JsonParser json, byte[] message, Draft draft) throws IOException {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            JsonToken value = json.nextToken();
            switch (name) {
                case "token" -> draft.token = json.getValueAsString("");
                case "channel" -> draft.channel = json.getValueAsString("");
                case "method" -> draft.method = json.getValueAsString("");
                case "subs" -> positions(json, draft);
                case "data" -> {
                    if (draft.kind.equals("connect")) {
                        connectData(json, draft);
                    } else if (draft.kind.equals("rpc") && value.isStructStart()) {
                        draft.data = raw(json, message);
                    } else {
                        json.skipChildren();
                    }
                }
                default -> json.skipChildren();
            }
        }
    }

    /// The bytes of the object or array at which the parser stands.
    private static byte[] raw(JsonParser json, byte[] message) throws IOException {
        int start = (int) json.currentTokenLocation().getByteOffset();
        json.skipChildren();
        return Arrays.copyOfRange(message, start, (int) json.currentLocation().getByteOffset());
    }

    private static void connectData(JsonParser json, Draft draft) throws IOException {
        if (json.currentToken() != JsonToken.START_OBJECT) {
            json.skipChildren();
            return;
        }
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            json.nextToken();
            if (name.equals("deviceId")) {
                draft.deviceId = json.getValueAsString();
            } else if (name.equals("locale")) {
                draft.locale = json.getValueAsString();
            }
            json.skipChildren();
        }
    }

    private static void positions(JsonParser json, Draft draft) throws IOException {
        require(json, json.currentToken(), JsonToken.START_OBJECT);
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String channel = json.currentName();
            require(json, json.nextToken(), JsonToken.START_OBJECT);
            Command.ClientPosition position = position(json);
            if (draft.positions.size() < MAX_POSITIONS) {
                draft.positions.put(channel, position);
            }
        }
    }

    private static Command.ClientPosition position(JsonParser json) throws IOException {
        boolean recover = false;
        String epoch = "";
        long offset = 0;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            json.nextToken();
            switch (name) {
                case "recover" -> recover = json.getValueAsBoolean();
                case "epoch" -> epoch = json.getValueAsString("");
                case "offset" -> offset = json.getValueAsLong();
                default -> json.skipChildren();
            }
        }
        return new Command.ClientPosition(recover, epoch, offset);
    }

    private static void require(JsonParser json, JsonToken is, JsonToken expected) throws IOException {
        if (is != expected) {
            throw new IOException(
                    is + " at " + json.currentLocation().getByteOffset() + " (expected: " + expected + ")");
        }
    }

    /// What is known of a command while it is read.
    private static final class Draft {
        private final Map<String, Command.ClientPosition> positions = new HashMap<>(4);
        private long id;
        private String kind;
        private String token = "";
        private String channel = "";
        private String method = "";
        private String deviceId;
        private String locale;
        private byte[] data = NOTHING;

        Command command() throws IOException {
            if (kind == null) {
                if (id != 0) {
                    throw new IOException("no known request in the command");
                }
                return new Command.Pong();
            }
            if (id <= 0 && !kind.equals("send")) {
                throw new IOException("id: " + id + " (expected: a positive number, which the reply repeats)");
            }
            return switch (kind) {
                case "connect" ->
                    new Command.Connect(
                            id,
                            token,
                            positions,
                            Optional.ofNullable(deviceId).filter(UserId::isValid),
                            Optional.ofNullable(locale)
                                    .filter(l -> LOCALE.matcher(l).matches()));
                case "rpc" -> new Command.Rpc(id, method, data);
                case "refresh" -> new Command.Refresh(id, token);
                case "subscribe" -> new Command.Subscribe(id, channel);
                case "unsubscribe" -> new Command.Unsubscribe(id, channel);
                case "send" -> new Command.Send();
                default -> new Command.NotOffered(id);
            };
        }
    }
}
