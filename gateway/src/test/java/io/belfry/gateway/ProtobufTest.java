package io.belfry.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The protocol's Protobuf: what is read of a client's bytes, and which bytes are written.
class ProtobufTest {
    private static byte[] hex(String bytes) {
        return HexFormat.of().parseHex(bytes.replace(" ", ""));
    }

    @Test
    void aFrameOfSeveralCommandsIsRead() throws IOException {
        byte[] connect = new ProtobufOutput()
                .number(1, 1)
                .message(
                        4,
                        new ProtobufOutput()
                                .text(1, "jwt")
                                .data(
                                        2,
                                        "{\"deviceId\":\"phone\",\"locale\":\"de-AT\"}"
                                                .getBytes(StandardCharsets.UTF_8))
                                .message(
                                        3,
                                        new ProtobufOutput()
                                                .text(1, "inbox")
                                                .message(
                                                        2,
                                                        new ProtobufOutput()
                                                                .flag(3, true)
                                                                .text(6, "e1")
                                                                .number(7, 1L << 40)))
                                .text(4, "js"))
                .toDelimited();
        byte[] rpc = new ProtobufOutput()
                .number(1, 2)
                .message(13, new ProtobufOutput().data(1, new byte[] {'{', '}'}).text(2, "inbox.list"))
                .toDelimited();
        byte[] frame = new byte[connect.length + rpc.length + 1];
        System.arraycopy(connect, 0, frame, 0, connect.length);
        System.arraycopy(rpc, 0, frame, connect.length, rpc.length);

        List<Command> commands = ProtobufCommands.read(frame);

        assertThat(commands).hasSize(3);
        assertThat(commands.get(0)).isInstanceOfSatisfying(Command.Connect.class, c -> {
            assertThat(c.id()).isEqualTo(1);
            assertThat(c.token()).isEqualTo("jwt");
            assertThat(c.deviceId()).contains("phone");
            assertThat(c.locale()).contains("de-AT");
            assertThat(c.positions()).containsEntry("inbox", new Command.ClientPosition(true, "e1", 1L << 40));
        });
        assertThat(commands.get(1)).isInstanceOfSatisfying(Command.Rpc.class, c -> {
            assertThat(c.method()).isEqualTo("inbox.list");
            assertThat(c.data()).asString().isEqualTo("{}");
        });
        assertThat(commands.get(2)).as("an empty command").isEqualTo(new Command.Pong());
    }

    @Test
    void whatIsNotKnownIsSkipped() throws IOException {
        byte[] command = new ProtobufOutput()
                .number(1, 7)
                .number(99, 5)
                .text(200, "unknown")
                .message(14, new ProtobufOutput().text(1, "new").text(9, "x"))
                .toDelimited();
        assertThat(ProtobufCommands.read(command)).containsExactly(new Command.Refresh(7, "new"));
        assertThat(ProtobufCommands.read(hex("14 0807 f906 0102030405060708 fd06 01020304 7200")))
                .as("fixed numbers")
                .containsExactly(new Command.Refresh(7, ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "05 08", // A length beyond the frame.
                "ffffffff0f", // A length of 4 GB.
                "ffffffffffffffffff7f", // A negative length.
                "80808080808080808080 01", // A length of more than 64 bits.
                "02 0880", // A number cut off.
                "02 2205", // A request beyond its command.
                "04 2202 0a7f", // A token beyond its request.
                "06 2204 0a02 c328", // A token that is not UTF-8.
                "02 2208", // Wire type 2 without its bytes.
                "02 0b0c", // A group.
                "02 0e00", // A wire type that does not exist.
                "02 0001", // Field 0.
                "03 080a 20", // A tag without a value.
                "02 2000", // A connect that is a number.
                "03 0a01 31", // An id that is text.
                "02 0801", // Nothing but an id.
                "02 2200", // A connect without an id.
                "06 0801 2200 2a00", // Two requests.
                "05 0801 da06 00", // A request that does not exist.
            })
    void whatIsNotACommandIsRefused(String bytes) {
        assertThatThrownBy(() -> ProtobufCommands.read(hex(bytes))).isInstanceOf(IOException.class);
    }

    static Stream<Arguments> publications() {
        return Stream.of(
                arguments(2, 0L, false),
                arguments(1, 1L, true),
                arguments(100, 127L, false),
                arguments(112, 128L, true),
                arguments(126, 16_383L, false),
                arguments(300, 16_384L, true),
                arguments(20_000, (1L << 53) - 1, false),
                arguments(70_000, 5L, true));
    }

    @ParameterizedTest
    @MethodSource("publications")
    void aPushIsTheSameAsIfItWereWrittenFieldByField(int length, long offset, boolean ping) {
        byte[] message = ("header" + "x".repeat(length)).getBytes(StandardCharsets.UTF_8);
        byte[] data = "x".repeat(length).getBytes(StandardCharsets.UTF_8);
        byte[] expected = new ProtobufOutput()
                .message(
                        4,
                        new ProtobufOutput()
                                .text(2, "inbox")
                                .message(4, new ProtobufOutput().data(4, data).number(6, offset)))
                .toDelimited();

        ByteBuf frame = Frames.protobufPush(
                UnpooledByteBufAllocator.DEFAULT, ClientChannel.INBOX.head(), message, 6, offset, ping);

        byte[] bytes = ByteBufUtil.getBytes(frame);
        int header = bytes[1] < 126 ? 2 : bytes[1] == 126 ? 4 : 10;
        assertThat(bytes[0] & 0xFF).as("a binary frame").isEqualTo(0x82);
        assertThat(Arrays.copyOfRange(bytes, header, bytes.length))
                .as("with a zero behind it for the ping")
                .isEqualTo(Arrays.copyOf(expected, expected.length + (ping ? 1 : 0)));
        frame.release();
    }
}
