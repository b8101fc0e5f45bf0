package io.belfry.core.access;

import jakarta.inject.Singleton;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// Keeps secrets that have to be read again, so that a copy of the database alone does not tell them: AES-256-GCM under
/// `belfry.operators.secrets-key`, bound to whose they are. Without that key they are kept as they are. Thread-safe.
@Singleton
final class Seal {
    private static final byte PLAIN = 0;
    private static final byte SEALED = 1;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Optional<SecretKeySpec> key;

    Seal(OperatorSettings settings) {
        this.key = Optional.ofNullable(settings.secretsKey())
                .filter(text -> !text.isBlank())
                .map(Seal::key);
    }

    private static SecretKeySpec key(String text) {
        try {
            return new SecretKeySpec(
                    MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)), "AES");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    byte[] close(byte[] secret, UUID owner) {
        if (key.isEmpty()) {
            return ByteBuffer.allocate(1 + secret.length).put(PLAIN).put(secret).array();
        }
        byte[] nonce = new byte[NONCE_BYTES];
        RANDOM.nextBytes(nonce);
        byte[] closed = run(Cipher.ENCRYPT_MODE, nonce, secret, owner);
        return ByteBuffer.allocate(1 + nonce.length + closed.length)
                .put(SEALED)
                .put(nonce)
                .put(closed)
                .array();
    }

    /// @throws IllegalStateException when it was sealed with another key, or for somebody else
    byte[] open(byte[] kept, UUID owner) {
        if (kept[0] == PLAIN) {
            return Arrays.copyOfRange(kept, 1, kept.length);
        }
        return run(
                Cipher.DECRYPT_MODE,
                Arrays.copyOfRange(kept, 1, 1 + NONCE_BYTES),
                Arrays.copyOfRange(kept, 1 + NONCE_BYTES, kept.length),
                owner);
    }

    private byte[] run(int mode, byte[] nonce, byte[] bytes, UUID owner) {
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(
                    mode,
                    key.orElseThrow(
                            () -> new IllegalStateException("belfry.operators.secrets-key is missing, with which"
                                    + " operators' second factors were sealed")),
                    new GCMParameterSpec(TAG_BITS, nonce));
            cipher.updateAAD(owner.toString().getBytes(StandardCharsets.UTF_8));
            return cipher.doFinal(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(
                    "belfry.operators.secrets-key is not the one with which operators' second factors were sealed", e);
        }
    }
}
