package io.belfry.console;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/// What the next page tells about the act that led to it. Travels in a cookie, so it is plain text without secrets.
public record Flash(Kind kind, String text) {
    /// How it looks.
    public enum Kind {
        DONE,
        FAILED
    }

    private static final int MAX_LENGTH = 500;

    public static Flash done(String text) {
        return new Flash(Kind.DONE, text);
    }

    public static Flash failed(String text) {
        return new Flash(Kind.FAILED, text);
    }

    public boolean isDone() {
        return kind == Kind.DONE;
    }

    String encode() {
        String plain = (kind == Kind.DONE ? "+" : "-") + text.substring(0, Math.min(text.length(), MAX_LENGTH));
        return Base64.getUrlEncoder().withoutPadding().encodeToString(plain.getBytes(StandardCharsets.UTF_8));
    }

    static Optional<Flash> decode(String cookie) {
        try {
            String plain = new String(Base64.getUrlDecoder().decode(cookie), StandardCharsets.UTF_8);
            if (plain.isEmpty() || plain.length() > MAX_LENGTH + 1) {
                return Optional.empty();
            }
            return Optional.of(new Flash(plain.charAt(0) == '+' ? Kind.DONE : Kind.FAILED, plain.substring(1)));
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
    }
}
