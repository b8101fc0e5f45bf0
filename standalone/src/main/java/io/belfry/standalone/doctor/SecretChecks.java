package io.belfry.standalone.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Keys for users' tokens, and Firebase credentials. Never shows what it checks.
final class SecretChecks {
    private static final int MIN_SECRET_BYTES = 32;

    private SecretChecks() {}

    static List<Finding> run(Map<String, String> environment) {
        return List.of(tokens(environment), firebase(environment));
    }

    private static Finding tokens(Map<String, String> environment) {
        Optional<String> secret = given(environment, "BELFRY_JWT_SECRET");
        Optional<String> keys = given(environment, "BELFRY_JWKS_URL");
        if (secret.isPresent()) {
            int bytes = secret.get().getBytes(StandardCharsets.UTF_8).length;
            return bytes >= MIN_SECRET_BYTES
                    ? new Finding.Good("Users' tokens", "signed with BELFRY_JWT_SECRET, " + bytes + " bytes")
                    : new Finding.Bad(
                            "Users' tokens",
                            "BELFRY_JWT_SECRET has " + bytes + " bytes",
                            "It needs " + MIN_SECRET_BYTES + " or more: `openssl rand -hex 32`.");
        }
        if (keys.isPresent()) {
            return keys.get().startsWith("https://")
                    ? new Finding.Good("Users' tokens", "checked with the keys at " + keys.get())
                    : new Finding.Doubtful(
                            "Users' tokens",
                            "keys come from " + keys.get(),
                            "Without https, whoever is in between can sign tokens.");
        }
        boolean external = given(environment, "DATABASE_URL").isPresent();
        return external
                ? new Finding.Bad(
                        "Users' tokens",
                        "neither BELFRY_JWT_SECRET nor BELFRY_JWKS_URL is set",
                        "Set one; the demo makes its own, production does not.")
                : new Finding.Good("Users' tokens", "the demo makes its own secret");
    }

    private static Finding firebase(Map<String, String> environment) {
        Optional<String> file = given(environment, "BELFRY_FIREBASE_CREDENTIALS");
        if (file.isEmpty()) {
            return given(environment, "DATABASE_URL").isPresent()
                    ? new Finding.Doubtful(
                            "Firebase",
                            "no credentials, so no mobile push",
                            "Set BELFRY_FIREBASE_CREDENTIALS to a service account's JSON file.")
                    : new Finding.Good("Firebase", "no credentials: the demo simulates the phone");
        }
        return serviceAccount(Path.of(file.get()));
    }

    private static Finding serviceAccount(Path file) {
        String advice = "Download a key of the service account in the Firebase console: Project settings, Service"
                + " accounts.";
        try {
            JsonNode account = new ObjectMapper().readTree(Files.readAllBytes(file));
            for (String field : List.of("project_id", "client_email", "private_key")) {
                if (!account.hasNonNull(field)) {
                    return new Finding.Bad("Firebase", file + " lacks " + field, advice);
                }
            }
            return new Finding.Good(
                    "Firebase",
                    "service account of project " + account.path("project_id").asText());
        } catch (NoSuchFileException none) {
            return new Finding.Bad("Firebase", file + " is not there", advice);
        } catch (IOException unreadable) {
            return new Finding.Bad("Firebase", file + " is not readable as JSON", advice);
        }
    }

    private static Optional<String> given(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }
}
