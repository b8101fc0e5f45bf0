package io.belfry.console;

import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The files that pages load, held in memory. Their address holds a hash of them all, so that browsers may keep them
/// for ever. Immutable.
@Singleton
public final class Assets {
    private static final Map<String, String> FILES = Map.ofEntries(
            Map.entry("vendor/tabler.min.css", "text/css"),
            Map.entry("vendor/tabler.min.js", "text/javascript"),
            Map.entry("vendor/htmx.min.js", "text/javascript"),
            Map.entry("vendor/uPlot.min.css", "text/css"),
            Map.entry("vendor/uPlot.iife.min.js", "text/javascript"),
            Map.entry("inter.woff2", "font/woff2"),
            Map.entry("icons.svg", "image/svg+xml"),
            Map.entry("favicon.svg", "image/svg+xml"),
            Map.entry("charts.js", "text/javascript"),
            Map.entry("console.css", "text/css"),
            Map.entry("content.css", "text/css"),
            Map.entry("content.js", "text/javascript"),
            Map.entry("console.js", "text/javascript"),
            Map.entry("theme.js", "text/javascript"));

    private final Map<String, Asset> assets = new LinkedHashMap<>();
    private final String version;

    /// One file.
    public record Asset(String type, byte[] bytes) {}

    public Assets() {
        MessageDigest digest = sha256();
        FILES.keySet().stream().sorted().forEach(name -> {
            byte[] bytes = read(name);
            digest.update(bytes);
            assets.put(name, new Asset(FILES.get(name), bytes));
        });
        this.version = HexFormat.of().formatHex(digest.digest(), 0, 6);
    }

    /// Where they are, without a slash at the end.
    public String base() {
        return "/console/assets/" + version;
    }

    public Optional<Asset> find(String name) {
        return Optional.ofNullable(assets.get(name));
    }

    private static byte[] read(String name) {
        try (InputStream file = Assets.class.getResourceAsStream("/console-assets/" + name)) {
            if (file == null) {
                throw new IllegalStateException("console-assets/" + name + " is missing from this build");
            }
            return file.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
