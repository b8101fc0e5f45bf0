package io.belfry.core.broadcast;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.TreeMap;

/// What an approval is bound to: a hash of all that would be sent, to whom, and how. Any edit gives another.
///
/// @param hex SHA-256
public record ReviewHash(String hex) {
    private static final int SHORT = 12;

    public ReviewHash {
        if (!hex.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("review hash: " + hex + " (expected: 64 hexadecimal digits)");
        }
    }

    /// @param rule of the segment that it goes to: with another, it would go to others
    static ReviewHash of(Broadcast broadcast, Optional<String> rule) {
        Release release = broadcast.release();
        // Between the parts stands what no text of PostgreSQL holds, so that they cannot run into one another.
        String all = String.join(
                "\0",
                BroadcastRow.write(broadcast.audience()),
                BroadcastRow.write(new TreeMap<>(broadcast.contents())),
                broadcast.category(),
                broadcast.priority().label(),
                broadcast.validUntil().toString(),
                String.valueOf(broadcast.waves()),
                String.valueOf(broadcast.push().isOn()),
                release.startsAt().toString(),
                release.canary().toString(),
                rule.toString());
        return new ReviewHash(HexFormat.of().formatHex(sha256(all)));
    }

    static ReviewHash of(byte[] bytes) {
        return new ReviewHash(HexFormat.of().formatHex(bytes));
    }

    byte[] bytes() {
        return HexFormat.of().parseHex(hex);
    }

    /// As much of it as people compare.
    public String brief() {
        return hex.substring(0, SHORT);
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
