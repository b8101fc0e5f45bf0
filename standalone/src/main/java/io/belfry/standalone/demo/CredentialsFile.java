package io.belfry.standalone.demo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.belfry.standalone.settings.WrongSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/// `credentials.json` in a demo's data directory, for its owner only.
public final class CredentialsFile {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private final Path file;

    /// @param directory the demo's data directory
    public CredentialsFile(Path directory) {
        this.file = directory.resolve("credentials.json");
    }

    public Path path() {
        return file;
    }

    /// @return empty when there was no demo here yet
    /// @throws WrongSettings when the file is not what a demo writes
    public Optional<DemoCredentials> read() throws IOException {
        try {
            return Optional.of(JSON.readValue(Files.readAllBytes(file), DemoCredentials.class));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (JsonProcessingException garbled) {
            throw new WrongSettings(file + " is not readable: " + garbled.getOriginalMessage()
                    + " (expected: what `belfry up` wrote; remove it to get new credentials)");
        }
    }

    /// Replaces the file in one step.
    public void write(DemoCredentials credentials) throws IOException {
        PrivateFile.write(file, JSON.writeValueAsBytes(credentials));
    }
}
