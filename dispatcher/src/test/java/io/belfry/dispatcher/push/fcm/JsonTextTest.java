package io.belfry.dispatcher.push.fcm;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTextTest {
    @ParameterizedTest
    @ValueSource(strings = {"", "plain", "quote \" and \\", "line\nfeed\ttab\u0000\u001f", "é ñ", "漢字", "👩‍👩‍👧‍👦"})
    void countsWhatJsonTakes(String text) throws Exception {
        byte[] json = new ObjectMapper().writeValueAsString(text).getBytes(StandardCharsets.UTF_8);

        assertThat(JsonText.bytes(text)).isEqualTo(json.length - 2);
    }

    @Test
    void leavesWhatFits() {
        assertThat(JsonText.cut("hello", 5)).isEqualTo("hello");
    }

    @Test
    void cutsWithAnEllipsisWithinTheBytes() {
        assertThat(JsonText.cut("hello world", 10)).isEqualTo("hello w…");
        assertThat(JsonText.cut("hello world", 9)).isEqualTo("hello…");
        assertThat(JsonText.bytes(JsonText.cut("漢字漢字", 10))).isLessThanOrEqualTo(10);
    }

    @Test
    void neverSplitsACharacterAsReadersSeeIt() {
        String family = "👩‍👩‍👧‍👦";
        String text = family.repeat(3);

        for (int room = 3; room <= JsonText.bytes(text); room++) {
            String cut = JsonText.cut(text, room);
            assertThat(JsonText.bytes(cut)).isLessThanOrEqualTo(room);
            String kept = cut.replace("…", "");
            // Either whole families, or, where not even one fits, whole code points of it.
            assertThat(kept.isEmpty() || kept.replace(family, "").isEmpty() || family.startsWith(kept))
                    .as(cut)
                    .isTrue();
        }
        assertThat(JsonText.cut("e\u0301e\u0301e\u0301", 8)).isEqualTo("e\u0301…");
        assertThat(JsonText.cut("🇩🇪🇫🇷🇮🇹", 20)).isEqualTo("🇩🇪🇫🇷…");
    }

    @Test
    void stillCutsWhatIsOneEndlessCharacter() {
        String zalgo = "a" + "\u0301".repeat(5000);

        String cut = JsonText.cut(zalgo, 1000);

        assertThat(JsonText.bytes(cut)).isBetween(990, 1000);
    }

    @Test
    void givesNothingWhereNothingFits() {
        assertThat(JsonText.cut("hello", 3)).isEmpty();
        assertThat(JsonText.cut("hello", -5)).isEmpty();
    }

    @Test
    void replacesLoneSurrogates() {
        assertThat(JsonText.wellFormed("a\uD83Db\uDE00c\uD83D\uDE00")).isEqualTo("a\uFFFDb\uFFFDc\uD83D\uDE00");
    }
}
