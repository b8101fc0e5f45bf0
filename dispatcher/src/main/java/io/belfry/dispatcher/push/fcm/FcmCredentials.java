package io.belfry.dispatcher.push.fcm;

import com.google.auth.oauth2.AccessToken;
import com.google.auth.oauth2.GoogleCredentials;
import com.google.auth.oauth2.ServiceAccountCredentials;
import io.micronaut.context.exceptions.ConfigurationException;
import io.micronaut.core.annotation.Nullable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Date;
import java.util.Objects;

/// The account we send as. Thread-safe.
final class FcmCredentials {
    /// Sending is all it shall be able to do, whatever else the account may.
    private static final String SCOPE = "https://www.googleapis.com/auth/firebase.messaging";

    private final GoogleCredentials google;

    @Nullable
    private final String projectId;

    private final boolean renewable;

    private FcmCredentials(GoogleCredentials google, @Nullable String projectId, boolean renewable) {
        this.google = google;
        this.projectId = projectId;
        this.renewable = renewable;
    }

    /// Reads a service account's file.
    ///
    /// @param transport carries the token requests, so that they obey the same timeouts
    /// @throws ConfigurationException when there is no such file, or it is none of a service account
    static FcmCredentials read(Path file, FcmTransport transport) {
        try (InputStream in = Files.newInputStream(file)) {
            ServiceAccountCredentials account = ServiceAccountCredentials.fromStream(in, () -> transport)
                    // It would sleep between its own retries, with every sender waiting for it.
                    .createWithCustomRetryStrategy(false);
            GoogleCredentials messaging = account.createScoped(SCOPE);
            return new FcmCredentials(new Narrow(messaging), account.getProjectId(), true);
        } catch (NoSuchFileException e) {
            throw new ConfigurationException("belfry.push.credentials: " + file + ": no such file", e);
        } catch (IOException | IllegalArgumentException e) {
            // The message of a parser may quote the file.
            throw new ConfigurationException("belfry.push.credentials: " + file
                    + ": not readable as a service account's JSON (expected: the file that the Firebase console"
                    + " generates under Project settings, Service accounts): "
                    + e.getClass().getSimpleName());
        }
    }

    /// For an endpoint that asks for a token but does not check it, such as the simulator.
    static FcmCredentials unchecked() {
        AccessToken token = new AccessToken("unchecked", new Date(Long.MAX_VALUE));
        return new FcmCredentials(GoogleCredentials.create(token), null, false);
    }

    /// The SDK gives whatever it gets the scopes of all of Firebase and Google Cloud; this keeps the one it has.
    private static final class Narrow extends GoogleCredentials {
        private final GoogleCredentials source;
        private transient volatile boolean isRefused;

        Narrow(GoogleCredentials source) {
            super(GoogleCredentials.newBuilder());
            this.source = source;
        }

        @Override
        public AccessToken refreshAccessToken() throws IOException {
            try {
                AccessToken token = source.refreshAccessToken();
                isRefused = false;
                return token;
            } catch (IOException e) {
                isRefused = true;
                throw e;
            }
        }

        @Override
        public GoogleCredentials createScoped(Collection<String> scopes) {
            return this;
        }
    }

    /// What is known of them: 1 when Google gave a token for them (or nobody checks them), -1 when the last try to
    /// get one failed, 0 when none was needed yet.
    double standing() {
        if (google instanceof Narrow narrow && narrow.isRefused) {
            return -1;
        }
        return google.getAccessToken() == null ? 0 : 1;
    }

    GoogleCredentials google() {
        return google;
    }

    /// The project the account belongs to; null when it names none.
    @Nullable
    String projectId() {
        return projectId;
    }

    @Nullable
    AccessToken current() {
        return google.getAccessToken();
    }

    /// Gets a new access token because `refused` was refused, unless another thread just did.
    ///
    /// @return whether there is a token worth another try
    synchronized boolean renew(@Nullable AccessToken refused) {
        if (!renewable) {
            return false;
        }
        if (!Objects.equals(refused, google.getAccessToken())) {
            return true;
        }
        try {
            google.refresh();
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
