package io.belfry.core.preference;

import io.belfry.core.category.Medium;
import io.belfry.core.user.UserId;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jdbi.v3.core.Jdbi;

/// Signs and reads the tokens of links that turn one medium of one category off for one user, for whoever holds the
/// link and without a sign-in. They do not expire, since mails are read late; they can do nothing else.
/// Thread-safe; blocks on the database the first time.
@Singleton
public final class UnsubscribeLinks {
    private static final int SIGNATURE_BYTES = 16;
    private static final int MAX_TOKEN = 1024;

    private final Jdbi jdbi;
    private volatile byte[] key;

    public UnsubscribeLinks(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /// What a link turns off.
    public record Subject(UserId user, String category, Medium medium) {}

    public String token(Subject subject) {
        byte[] said = (subject.user().value() + "\n" + subject.category() + "\n"
                        + subject.medium().label())
                .getBytes(StandardCharsets.UTF_8);
        byte[] token = Arrays.copyOf(said, said.length + SIGNATURE_BYTES);
        System.arraycopy(signature(said), 0, token, said.length, SIGNATURE_BYTES);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
    }

    /// @return empty for what was not signed here
    public Optional<Subject> read(String token) {
        if (token.length() > MAX_TOKEN) {
            return Optional.empty();
        }
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(token);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        int length = bytes.length - SIGNATURE_BYTES;
        if (length <= 0) {
            return Optional.empty();
        }
        byte[] said = Arrays.copyOf(bytes, length);
        return MessageDigest.isEqual(signature(said), Arrays.copyOfRange(bytes, length, bytes.length))
                ? Optional.of(subject(new String(said, StandardCharsets.UTF_8).split("\n", -1)))
                : Optional.empty();
    }

    private static Subject subject(String[] parts) {
        return new Subject(
                new UserId(parts[0]), parts[1], Medium.ofLabel(parts[2]).orElseThrow());
    }

    private byte[] signature(byte[] said) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key(), "HmacSHA256"));
            mac.update("unsubscribe\n".getBytes(StandardCharsets.UTF_8));
            return Arrays.copyOf(mac.doFinal(said), SIGNATURE_BYTES);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has HmacSHA256", e);
        }
    }

    private byte[] key() {
        byte[] known = key;
        if (known == null) {
            known = jdbi.withHandle(h -> h.createQuery("select link_key from installation")
                    .mapTo(byte[].class)
                    .one());
            key = known;
        }
        return known;
    }
}
