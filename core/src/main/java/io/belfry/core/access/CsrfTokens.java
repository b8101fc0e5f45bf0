package io.belfry.core.access;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Tokens that prove that a form came from a page of the same session: random bytes and their HMAC-SHA256 under the
/// session's secret. Each is different, so that a compressed page does not leak them. Thread-safe.
public final class CsrfTokens {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int RANDOM_BYTES = 16;
    private static final int MAC_BYTES = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final byte[] secret;

    CsrfTokens(byte[] secret) {
        this.secret = secret.clone();
    }

    public String mint() {
        byte[] random = new byte[RANDOM_BYTES];
        RANDOM.nextBytes(random);
        byte[] token = ByteBuffer.allocate(RANDOM_BYTES + MAC_BYTES)
                .put(random)
                .put(mac(random))
                .array();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
    }

    /// @param token as it came, or null
    public boolean isValid(String token) {
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(token == null ? "" : token);
        } catch (IllegalArgumentException notBase64) {
            return false;
        }
        return bytes.length == RANDOM_BYTES + MAC_BYTES
                && MessageDigest.isEqual(
                        mac(Arrays.copyOf(bytes, RANDOM_BYTES)), Arrays.copyOfRange(bytes, RANDOM_BYTES, bytes.length));
    }

    private byte[] mac(byte[] random) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret, ALGORITHM));
            return mac.doFinal(random);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }

    @Override
    public String toString() {
        return "CsrfTokens[[REDACTED]]";
    }
}
