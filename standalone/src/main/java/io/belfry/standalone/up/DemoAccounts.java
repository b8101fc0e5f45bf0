package io.belfry.standalone.up;

import io.belfry.core.access.ApiKeys;
import io.belfry.core.access.Operators;
import io.belfry.core.access.Role;
import io.belfry.core.access.Scope;
import io.belfry.core.identity.UserTokens;
import io.belfry.core.user.UserId;
import io.belfry.standalone.demo.CredentialsFile;
import io.belfry.standalone.demo.DemoCredentials;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;

/// The accounts of a demo: made the first time, kept in its credentials file, and made again when the database
/// does not know them (any more).
final class DemoAccounts {
    private static final List<String> USERS = List.of("alice", "bob");
    private static final String OPERATOR = "admin@belfry.example";
    private static final Duration TOKENS_VALID_FOR = Duration.ofDays(3650);
    private static final SecureRandom RANDOM = new SecureRandom();

    private final CredentialsFile file;
    private final Optional<DemoCredentials> known;
    private final String jwtSecret;

    /// @throws io.belfry.standalone.settings.WrongSettings when the file is there and not readable
    DemoAccounts(CredentialsFile file) throws IOException {
        this.file = file;
        this.known = file.read();
        this.jwtSecret = known.map(DemoCredentials::jwtSecret).orElseGet(() -> random(32));
    }

    /// Needed before the roles start.
    String jwtSecret() {
        return jwtSecret;
    }

    /// Makes what is missing, and writes the file.
    DemoCredentials ensure(ApiKeys keys, Operators operators, UserTokens tokens) throws IOException {
        String apiKey = known.map(DemoCredentials::apiKey)
                .filter(key -> keys.find(key).isPresent())
                .orElseGet(() -> keys.create("demo", EnumSet.allOf(Scope.class)).secret());
        DemoCredentials.Operator operator = known.map(DemoCredentials::operator)
                .filter(kept -> operators.find(kept.user()).isPresent())
                .orElseGet(() -> makeOperator(operators));
        List<DemoCredentials.User> users = known.map(DemoCredentials::users).orElseGet(() -> USERS.stream()
                .map(id -> new DemoCredentials.User(id, tokens.mint(new UserId(id), TOKENS_VALID_FOR)))
                .toList());
        DemoCredentials credentials = new DemoCredentials(jwtSecret, apiKey, operator, users, null);
        file.write(credentials);
        return credentials;
    }

    private DemoCredentials.Operator makeOperator(Operators operators) {
        String user = known.map(kept -> kept.operator().user()).orElse(OPERATOR);
        String password = known.map(kept -> kept.operator().password()).orElseGet(() -> random(12));
        // There already, when the credentials file was removed but not the data.
        if (operators.create(user, "Demo operator", password, Role.ADMIN).isEmpty()) {
            operators.setPassword(user, password);
        }
        return new DemoCredentials.Operator(user, password);
    }

    private static String random(int bytes) {
        byte[] secret = new byte[bytes];
        RANDOM.nextBytes(secret);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
    }
}
