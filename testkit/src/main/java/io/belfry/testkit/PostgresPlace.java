package io.belfry.testkit;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/// Who runs PostgreSQL in a directory, and from where.
///
/// @param programs where `postgres` and `initdb` are
record PostgresPlace(ServerUser user, Path programs) {

    /// Chooses the first user who can work in the directory and enter one of the caches, and gives that user the
    /// directory.
    ///
    /// @throws IllegalStateException when nobody can, with what to do about it
    static PostgresPlace choose(Path directory, List<ServerUser> users, List<ServerBinaries> caches)
            throws IOException {
        for (ServerUser user : users) {
            if (!user.takes(directory)) {
                continue;
            }
            for (ServerBinaries cache : caches) {
                if (cache.serves(user)) {
                    return new PostgresPlace(user, cache.postgres().resolve("bin"));
                }
            }
        }
        throw new IllegalStateException("PostgreSQL does not run as root, and no other user can work in " + directory
                + " with programs in " + caches + " (expected: directories that others may enter, such as --data"
                + " under /var/lib and BELFRY_CACHE under /var/cache; or start Belfry as an ordinary user)");
    }
}
