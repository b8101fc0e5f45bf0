package io.belfry.core.access;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/// What an operator's app needs to know to show codes. Its text is redacted.
public final class AppSecret {
    private static final String BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

    private final String email;
    private final byte[] secret;

    AppSecret(String email, byte[] secret) {
        this.email = email;
        this.secret = secret.clone();
    }

    /// In Base32 (RFC 4648), for those who type it.
    public String base32() {
        var text = new StringBuilder();
        int held = 0;
        int bits = 0;
        for (byte one : secret) {
            held = held << 8 | one & 0xff;
            bits += 8;
            while (bits >= 5) {
                bits -= 5;
                text.append(BASE32.charAt(held >> bits & 31));
            }
            held &= (1 << bits) - 1;
        }
        return text.toString();
    }

    /// For the QR code (`otpauth`, as all apps read it).
    public String uri() {
        return "otpauth://totp/Belfry:"
                + URLEncoder.encode(email, StandardCharsets.UTF_8).replace("+", "%20") + "?secret=" + base32()
                + "&issuer=Belfry";
    }

    @Override
    public String toString() {
        return "AppSecret[[REDACTED]]";
    }
}
