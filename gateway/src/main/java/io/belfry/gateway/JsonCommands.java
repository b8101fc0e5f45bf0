package io.belfry.gateway;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Reads the commands of a JSON message: objects, one after the other. Unknown fields are skipped. Stateless.
final class JsonCommands {
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(32)
                    .maxNumberLength(32)
                    .build())
            // Names are chosen by clients.
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .build();

    private static final Set<String> STRUCTURES = Set.of("subs", "since", "data");

    private JsonCommands() {}

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

    /// Reads a connect request that stands for itself. Its number is 0.
    ///
    /// @throws IOException when it is not JSON, or no request
    static Command.Connect readConnect(byte[] message) throws IOException {
        var draft = new CommandDraft();
        draft.begin(CommandDraft.Kind.CONNECT);
        try (JsonParser json = JSON.createParser(message)) {
            JsonToken token = json.nextToken();
            require(json, token, JsonToken.START_OBJECT);
            request(json, message, draft);
            require(json, json.currentToken(), JsonToken.END_OBJECT);
            require(json, json.nextToken(), null);
        }
        return draft.connect();
    }

    private static Command command(JsonParser json, byte[] message) throws IOException {
        var draft = new CommandDraft();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            JsonToken value = json.nextToken();
            if (name.equals("id")) {
                require(json, value, JsonToken.VALUE_NUMBER_INT);
                draft.id = json.getLongValue();
                continue;
            }
            Optional<CommandDraft.Kind> kind =
                    value == JsonToken.START_OBJECT ? CommandDraft.Kind.ofName(name) : Optional.empty();
            if (kind.isPresent()) {
                draft.begin(kind.get());
                request(json, message, draft);
            } else {
                json.skipChildren();
            }
        }
        return draft.command();
    }

    private static void request(JsonParser json, byte[] message, CommandDraft draft) throws IOException {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            JsonToken value = json.nextToken();
            if (value.isStructStart() && !STRUCTURES.contains(name)) {
                json.skipChildren();
                continue;
            }
            switch (name) {
                case "token" -> draft.token = json.getValueAsString("");
                case "name" -> draft.name = json.getValueAsString("");
                case "channel" -> draft.channel = json.getValueAsString("");
                case "method" -> draft.method = json.getValueAsString("");
                case "recover" -> draft.recover = json.getValueAsBoolean();
                case "epoch" -> draft.epoch = json.getValueAsString("");
                case "offset" -> draft.offset = json.getValueAsLong();
                case "flag" -> draft.flag = json.getValueAsLong();
                case "limit" -> draft.limit = json.getValueAsLong();
                case "join_leave" -> draft.joinLeave = json.getValueAsBoolean();
                case "reverse" -> draft.reverse = json.getValueAsBoolean();
                case "since" -> {
                    require(json, value, JsonToken.START_OBJECT);
                    draft.since = position(json);
                }
                case "subs" -> positions(json, draft);
                case "data" -> {
                    if (draft.kind == CommandDraft.Kind.CONNECT) {
                        connectData(json, draft);
                    } else if (isRaw(draft.kind) && value.isStructStart()) {
                        draft.data = raw(json, message);
                    } else {
                        json.skipChildren();
                    }
                }
                default -> json.skipChildren();
            }
        }
    }

    /// Whether the data of a request are taken as they are.
    private static boolean isRaw(CommandDraft.Kind kind) {
        return kind == CommandDraft.Kind.RPC || kind == CommandDraft.Kind.PUBLISH;
    }

    /// The bytes of the object or array at which the parser stands.
    private static byte[] raw(JsonParser json, byte[] message) throws IOException {
        int start = (int) json.currentTokenLocation().getByteOffset();
        json.skipChildren();
        return Arrays.copyOfRange(message, start, (int) json.currentLocation().getByteOffset());
    }

    /// Reads what the data of a connect command tells. What is no JSON tells nothing.
    static void connectData(byte[] data, CommandDraft draft) {
        try (JsonParser json = JSON.createParser(data)) {
            json.nextToken();
            connectData(json, draft);
        } catch (IOException notForUs) {
            draft.deviceId = null;
            draft.locale = null;
        }
    }

    private static void connectData(JsonParser json, CommandDraft draft) throws IOException {
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

    private static void positions(JsonParser json, CommandDraft draft) throws IOException {
        require(json, json.currentToken(), JsonToken.START_OBJECT);
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String channel = json.currentName();
            require(json, json.nextToken(), JsonToken.START_OBJECT);
            Command.ClientPosition position = position(json);
            draft.stands(channel, position);
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
}
