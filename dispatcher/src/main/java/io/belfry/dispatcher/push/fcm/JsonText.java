package io.belfry.dispatcher.push.fcm;

import java.text.BreakIterator;
import java.util.Locale;

/// Measures and cuts text by the bytes it takes in UTF-8 JSON. Pure.
final class JsonText {
    private static final String ELLIPSIS = "…";
    private static final int ELLIPSIS_BYTES = 3;
    /// What a reader takes for one character may be longer (a family emoji has 25 UTF-16 units), but text that would
    /// lose more than this to stay whole is abuse and is cut between code points.
    private static final int MAX_GRAPHEME_LENGTH = 64;

    private JsonText() {}

    /// Bytes of `text` between the quotes.
    static int bytes(String text) {
        int bytes = 0;
        for (int i = 0; i < text.length(); ) {
            int codePoint = text.codePointAt(i);
            bytes += bytes(codePoint);
            i += Character.charCount(codePoint);
        }
        return bytes;
    }

    /// `text` if it fits into `maxBytes`, or as much of it as fits with an ellipsis, cut between characters as a reader
    /// sees them; empty when not even that fits.
    static String cut(String text, int maxBytes) {
        // No character takes more than six bytes, so most texts need no counting.
        if (text.length() * 6L <= maxBytes || bytes(text) <= maxBytes) {
            return text;
        }
        int room = maxBytes - ELLIPSIS_BYTES;
        int end = 0;
        while (end < text.length()) {
            int codePoint = text.codePointAt(end);
            room -= bytes(codePoint);
            if (room < 0) {
                break;
            }
            end += Character.charCount(codePoint);
        }
        return end == 0 ? "" : text.substring(0, graphemeBoundary(text, end)).stripTrailing() + ELLIPSIS;
    }

    /// The same text with every lone surrogate replaced, which no UTF-8 can carry.
    static String wellFormed(String text) {
        StringBuilder repaired = null;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Character.isSurrogate(c)) {
                continue;
            }
            if (Character.isHighSurrogate(c) && i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
                continue;
            }
            if (repaired == null) {
                repaired = new StringBuilder(text);
            }
            repaired.setCharAt(i, '\uFFFD');
        }
        return repaired == null ? text : repaired.toString();
    }

    private static int graphemeBoundary(String text, int end) {
        // Only what surrounds the cut matters; a whole novel is not to be segmented for it.
        int from = Math.max(0, end - 2 * MAX_GRAPHEME_LENGTH);
        String around = text.substring(from, Math.min(text.length(), end + MAX_GRAPHEME_LENGTH));
        BreakIterator characters = BreakIterator.getCharacterInstance(Locale.ROOT);
        characters.setText(around);
        int cut = end - from;
        int boundary = characters.isBoundary(cut) ? cut : characters.preceding(cut);
        return boundary == BreakIterator.DONE || cut - boundary > MAX_GRAPHEME_LENGTH || boundary == 0 && from == 0
                ? end
                : from + boundary;
    }

    private static int bytes(int codePoint) {
        if (codePoint < 0x20) {
            return switch (codePoint) {
                case '\b', '\f', '\n', '\r', '\t' -> 2;
                default -> 6;
            };
        }
        if (codePoint < 0x80) {
            return codePoint == '"' || codePoint == '\\' ? 2 : 1;
        }
        if (codePoint < 0x800) {
            return 2;
        }
        return codePoint < 0x10000 ? 3 : 4;
    }
}
