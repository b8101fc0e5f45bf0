package io.belfry.standalone.settings;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/// Where PostgreSQL is.
///
/// @param jdbcUrl without credentials, where they could be told apart
/// @param user null when the address says none
/// @param password null when the address says none
public record DatabaseAddress(String jdbcUrl, String user, String password) {
    private static final String JDBC = "jdbc:postgresql:";
    private static final String EXPECTED =
            " (expected: postgres://user:password@host:5432/database or jdbc:postgresql://host:5432/database)";

    public DatabaseAddress {
        Objects.requireNonNull(jdbcUrl);
    }

    /// Reads `DATABASE_URL`, with `DATABASE_USER` and `DATABASE_PASSWORD` where the address has no credentials.
    ///
    /// @return empty when there is no `DATABASE_URL`
    /// @throws WrongSettings when it is no address of a PostgreSQL database
    public static Optional<DatabaseAddress> of(Map<String, String> environment) {
        String url = environment.get("DATABASE_URL");
        if (url == null || url.isBlank()) {
            return Optional.empty();
        }
        DatabaseAddress parsed = parse(url.strip());
        return Optional.of(new DatabaseAddress(
                parsed.jdbcUrl,
                parsed.user == null ? environment.get("DATABASE_USER") : parsed.user,
                parsed.password == null ? environment.get("DATABASE_PASSWORD") : parsed.password));
    }

    static DatabaseAddress parse(String url) {
        if (url.startsWith(JDBC)) {
            return new DatabaseAddress(url, null, null);
        }
        if (!url.startsWith("postgres://") && !url.startsWith("postgresql://")) {
            throw new WrongSettings("DATABASE_URL is no address of PostgreSQL" + EXPECTED);
        }
        try {
            URI uri = new URI(url);
            if (uri.getHost() == null
                    || uri.getRawPath() == null
                    || uri.getRawPath().length() < 2) {
                throw new WrongSettings("DATABASE_URL lacks a host or a database" + EXPECTED);
            }
            String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
            String port = uri.getPort() == -1 ? "" : ":" + uri.getPort();
            String[] credentials = uri.getRawUserInfo() == null
                    ? new String[0]
                    : uri.getRawUserInfo().split(":", 2);
            return new DatabaseAddress(
                    JDBC + "//" + uri.getHost() + port + uri.getRawPath() + query,
                    credentials.length > 0 ? decoded(credentials[0]) : null,
                    credentials.length > 1 ? decoded(credentials[1]) : null);
        } catch (URISyntaxException malformed) {
            // Its message would repeat the password.
            throw new WrongSettings("DATABASE_URL is malformed at index " + malformed.getIndex() + EXPECTED);
        }
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return "DatabaseAddress[" + jdbcUrl.replaceAll("\\?.*", "") + "]";
    }
}
