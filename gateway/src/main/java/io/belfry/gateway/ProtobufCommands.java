package io.belfry.gateway;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads the commands of a Protobuf message: each behind its length. Unknown fields are skipped. Stateless.
///
/// The numbers of the fields are those of `client.proto` of the protocol; only what Belfry uses is read.
final class ProtobufCommands {
    private ProtobufCommands() {}

    /// @throws IOException when it is not Protobuf, or not commands
    static List<Command> read(byte[] message) throws IOException {
        var commands = new ArrayList<Command>(2);
        var in = new ProtobufInput(message);
        while (!in.isAtEnd()) {
            commands.add(command(in.delimited()));
        }
        return commands;
    }

    private static Command command(ProtobufInput in) throws IOException {
        var draft = new CommandDraft();
        for (int field = in.nextField(); field != 0; field = in.nextField()) {
            if (field == 1) {
                draft.id = in.number() & 0xFFFF_FFFFL;
                continue;
            }
            Optional<CommandDraft.Kind> kind = CommandDraft.Kind.ofField(field);
            if (kind.isPresent()) {
                draft.begin(kind.get());
                request(in.message(), draft);
            } else {
                in.skip();
            }
        }
        return draft.command();
    }

    private static void request(ProtobufInput in, CommandDraft draft) throws IOException {
        switch (draft.kind) {
            case CONNECT -> connect(in, draft);
            case RPC -> rpc(in, draft);
            case REFRESH -> refresh(in, draft);
            case SUBSCRIBE -> subscribe(in, draft);
            case PUBLISH -> publish(in, draft);
            case HISTORY -> history(in, draft);
            case UNSUBSCRIBE, PRESENCE, PRESENCE_STATS -> channel(in, draft);
            case SUB_REFRESH -> subRefresh(in, draft);
            case SEND -> skip(in);
        }
    }

    private static void connect(ProtobufInput in, CommandDraft draft) throws IOException {
        for (int field = in.nextField(); field != 0; field = in.nextField()) {
            switch (field) {
                case 1 -> draft.token = in.text();
                case 2 -> JsonCommands.connectData(in.data(), draft);
                case 3 -> position(in.message(), draft);
                case 4 -> draft.name = in.text();
                default -> in.skip();
            }
        }
    }

    /// An entry of a map from channels to subscribe requests.
    private static void position(ProtobufInput in, CommandDraft draft) throws IOException {
        String channel = "";
        var position = new Command.ClientPosition(false, "", 0);
        for (int field = in.nextField(); field != 0; field = in.nextField()) {
            switch (field) {
                case 1 -> channel = in.text();
                case 2 -> position = position(in.message());
                default -> in.skip();
            }
        }
        draft.stands(channel, position);
    }

    private static Command.ClientPosition position(ProtobufInput in) throws IOException {
        boolean recover = false;
        String epoch = "";
        long offset = 0;
        for (int field = in.nextField(); field != 0; field = in.nextField()) {
            switch (field) {
                case 3 -> recover = in.flag();
                case 6 -> epoch = in.text();
                case 7 -> offset = in.number();
                default -> in.skip();
            }
        }
        return new Command.ClientPosition(recover, epoch, offset);
    }

    private static void rpc(ProtobufInput in, CommandDraft draft) throws IOException {
        for (int field = in.nextField(); field != 0; field = in.nextField()) {
            switch (field) {
                case 1 -> draft.data = in.data();
                case 2 -> draft.method = in.text();
                default -> in.skip();
            }
        }
    }

    private static void refresh(ProtobufInput in, CommandDraft draft) throws IOException {
        for (int field = in.nextField(); field != 0; field = in.nextField()) {
            if (field == 1) {
                draft.token = in.text();
            } else {
                in.skip();
            }
        }
    }

    private static void subscribe(ProtobufInput in, CommandDraft draft) throws IOException {
        for (int field = in.nextField(); field != 0; field = in.nextField()) {
            switch (field) {
                case 1 -> draft.channel = in.text();
                case 2 -> draft.token = in.text();
                case 3 -> draft.recover = in.flag();
                case 6 -> draft.epoch = in.text();
                case 7 -> draft.offset = in.number();
                case 11 -> draft.joinLeave = in.flag();
                case 14 -> draft.flag = in.number();
                default -> in.skip();
            }
        }
    }

    private static void publish(ProtobufInput in, CommandDraft draft) throws IOException {
        for (int field = in.nextField(); field != 0; field = in.nextField()) {
            switch (field) {
                case 1 -> draft.channel = in.text();
                case 2 -> draft.data = in.data();
                default -> in.skip();
            }
        }
    }

    private static void history(ProtobufInput in, CommandDraft draft) throws IOException {
        for (int field = in.nextField(); field != 0; field = in.nextField()) {
            switch (field) {
                case 1 -> draft.channel = in.text();
                case 7 -> draft.limit = in.number();
                case 8 -> draft.since = since(in.message());
                case 9 -> draft.reverse = in.flag();
                default -> in.skip();
            }
        }
    }

    private static Command.ClientPosition since(ProtobufInput in) throws IOException {
        long offset = 0;
        String epoch = "";
        for (int field = in.nextField(); field != 0; field = in.nextField()) {
            switch (field) {
                case 1 -> offset = in.number();
                case 2 -> epoch = in.text();
                default -> in.skip();
            }
        }
        return new Command.ClientPosition(true, epoch, offset);
    }

    private static void subRefresh(ProtobufInput in, CommandDraft draft) throws IOException {
        for (int field = in.nextField(); field != 0; field = in.nextField()) {
            switch (field) {
                case 1 -> draft.channel = in.text();
                case 2 -> draft.token = in.text();
                default -> in.skip();
            }
        }
    }

    private static void channel(ProtobufInput in, CommandDraft draft) throws IOException {
        for (int field = in.nextField(); field != 0; field = in.nextField()) {
            if (field == 1) {
                draft.channel = in.text();
            } else {
                in.skip();
            }
        }
    }

    private static void skip(ProtobufInput in) throws IOException {
        while (in.nextField() != 0) {
            in.skip();
        }
    }
}
