package io.belfry.api.json;

/// Tells which texts can be stored and sent on: PostgreSQL holds no NUL, and half of a surrogate pair has no UTF-8.
public final class CleanText {
    public static final String EXPECTED = "expected: text without NUL and without unpaired surrogates";

    private CleanText() {}

    public static boolean isClean(CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == 0) {
                return false;
            }
            if (Character.isSurrogate(c)) {
                if (!isPair(c, i + 1 < text.length() ? text.charAt(i + 1) : 0)) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }

    /// The same, without making a string of it.
    static boolean isClean(char[] text, int from, int length) {
        int end = from + length;
        for (int i = from; i < end; i++) {
            char c = text[i];
            if (c == 0) {
                return false;
            }
            if (Character.isSurrogate(c)) {
                if (!isPair(c, i + 1 < end ? text[i + 1] : 0)) {
                    return false;
                }
                i++;
            }
        }
        return true;
    }

    private static boolean isPair(char high, char low) {
        return Character.isHighSurrogate(high) && Character.isLowSurrogate(low);
    }
}
