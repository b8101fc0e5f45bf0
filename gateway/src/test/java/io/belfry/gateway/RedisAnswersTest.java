package io.belfry.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisAnswersTest {
    private static final String ALL = "+OK\r\n+PONG\r\n*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n"
            + "*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$4\r\n\r\n$9\r\n*3\r\n$11\r\nunsubscribe\r\n$-1\r\n:0\r\n"
            + "*2\r\n$4\r\npong\r\n$0\r\n\r\n-ERR no\r\n*3\r\n$7\r\nmessage\r\n$2\r\nb\n\r\n$0\r\n\r\n";
    private static final List<String> TOLD =
            List.of("done", "done", "subscribed a", "a: \r\n$9", "done", "error ERR no", "b\n: ");

    private final List<String> told = new ArrayList<>();
    private final RedisAnswers answers = new RedisAnswers(new RedisAnswers.Reader() {
        @Override
        public void onMessage(byte[] feed, byte[] message) {
            told.add(text(feed) + ": " + text(message));
        }

        @Override
        public void onSubscribed(byte[] feed) {
            told.add("subscribed " + text(feed));
        }

        @Override
        public void onDone() {
            told.add("done");
        }

        @Override
        public void onError(String error) {
            told.add("error " + error);
        }
    });

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    private static ByteBuf bytes(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }

    /// In pieces of every size, down to single bytes.
    @Test
    void readsWhatComesInPieces() {
        for (int size = 1; size <= ALL.length(); size++) {
            told.clear();
            for (int i = 0; i < ALL.length(); i += size) {
                ByteBuf piece = bytes(ALL.substring(i, Math.min(ALL.length(), i + size)));
                answers.read(piece);
                assertThat(piece.refCnt()).isZero();
            }
            assertThat(told).as("pieces of " + size).isEqualTo(TOLD);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"?\r\n", "*x\r\n", "*99\r\n", "*0\r\n", "*1\r\n$99999999999999999999\r\n", "HTTP/1.1 400\r\n"})
    void refusesWhatRedisDoesNotSay(String said) {
        ByteBuf in = bytes(said);
        assertThatThrownBy(() -> answers.read(in)).isInstanceOf(IllegalStateException.class);
        assertThat(in.refCnt()).isZero();
    }
}
