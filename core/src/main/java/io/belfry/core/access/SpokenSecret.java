package io.belfry.core.access;

import java.security.SecureRandom;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A secret that people read out or type: four groups of four, without characters that look alike, 79 bits. So many
/// that a plain hash of it cannot be turned back.
final class SpokenSecret {
    private static final String ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789";
    private static final int GROUPS = 4;
    private static final int GROUP = 4;
    private static final SecureRandom RANDOM = new SecureRandom();

    private SpokenSecret() {}

    static String mint() {
        return Stream.generate(() -> RANDOM.ints(GROUP, 0, ALPHABET.length())
                        .mapToObj(i -> ALPHABET.substring(i, i + 1))
                        .collect(Collectors.joining()))
                .limit(GROUPS)
                .collect(Collectors.joining("-"));
    }

    /// As it was minted, however it was typed.
    static String normal(String typed) {
        String letters = typed.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
        return letters.length() == GROUPS * GROUP ? letters.replaceAll("(.{4})(?!$)", "$1-") : letters;
    }
}
