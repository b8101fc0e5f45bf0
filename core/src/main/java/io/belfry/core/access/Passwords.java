package io.belfry.core.access;

import com.password4j.Argon2Function;
import com.password4j.Password;
import com.password4j.types.Argon2;

/// Hashes of operators' passwords: Argon2id with OWASP's first parameters (19 MiB, two passes). The parameters are part
/// of each hash, so that they can be raised later.
///
/// What a check costs, measured on one core of an AMD EPYC: 180 to 270 ms of CPU for the first 20 to 40 of a process,
/// 31 to 35 ms once the JVM has compiled it. Operators sign in so rarely that the first figure is the one to reckon
/// with.
final class Passwords {
    static final int MIN_LENGTH = 10;
    static final int MAX_LENGTH = 256;
    private static final int SALT_BYTES = 16;
    private static final Argon2Function ARGON2 = Argon2Function.getInstance(19_456, 2, 1, 32, Argon2.ID);
    /// Checked when there is no account, so that the answer takes as long as for a real one.
    private static final String NOBODY = hash("nobody has this password");

    private Passwords() {}

    static String hash(String password) {
        return Password.hash(password).addRandomSalt(SALT_BYTES).with(ARGON2).getResult();
    }

    static boolean matches(String password, String hash) {
        return Password.check(password, hash).with(Argon2Function.getInstanceFromHash(hash));
    }

    static void matchNobody(String password) {
        matches(password, NOBODY);
    }
}
