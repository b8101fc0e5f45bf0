package io.belfry.testkit;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Who runs PostgreSQL, which refuses to run as root.
///
/// Root's best choice is a user namespace without a mapping: the server sees an ordinary user, while on the disk
/// it still is the owner of root's files, so that a directory under a 0700 home works too. Where the kernel or a
/// container forbids that, root becomes the owner of the parent directory, or `nobody`, whoever can reach the
/// directory.
///
/// @param prefix what to put before a command
/// @param owner to whom the server's files must belong; null leaves them alone
record ServerUser(List<String> prefix, UserPrincipal owner) {
    /// By number, since distributions name it differently.
    private static final int NOBODYS_GROUP = 65534;

    /// Those who may run a server in a directory, the best first: for an ordinary user only that one.
    static List<ServerUser> candidates(Path directory) throws IOException {
        if (!System.getProperty("user.name").equals("root")) {
            return List.of(new ServerUser(List.of(), null));
        }
        List<ServerUser> candidates = new ArrayList<>();
        var users = directory.getFileSystem().getUserPrincipalLookupService();
        candidates.add(new ServerUser(List.of("unshare", "-U"), users.lookupPrincipalByName("root")));
        Path parent = directory.getParent();
        if (parent != null && !Files.getOwner(parent).getName().equals("root")) {
            candidates.add(switchedTo(Files.getOwner(parent), Files.getAttribute(parent, "unix:gid")));
        }
        candidates.add(switchedTo(users.lookupPrincipalByName("nobody"), NOBODYS_GROUP));
        return candidates;
    }

    private static ServerUser switchedTo(UserPrincipal user, Object group) {
        return new ServerUser(
                List.of(
                        "setpriv",
                        "--reuid=" + user.getName(),
                        "--regid=" + group,
                        "--clear-groups",
                        "--no-new-privs",
                        "--"),
                user);
    }

    List<String> command(List<String> command) {
        List<String> all = new ArrayList<>(prefix);
        all.addAll(command);
        return all;
    }

    /// Gives the directory to this user.
    ///
    /// @return whether the user can work in it now
    boolean takes(Path directory) throws IOException {
        if (!succeeds("true")) {
            return false;
        }
        own(directory);
        return succeeds("test", "-w", directory.toString());
    }

    boolean canEnter(Path directory) {
        return succeeds("test", "-x", directory.toString());
    }

    private boolean succeeds(String... command) {
        try {
            Process process = new ProcessBuilder(command(List.of(command)))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(5, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        } catch (IOException noSuchProgram) {
            return false;
        }
    }

    private void own(Path directory) throws IOException {
        if (owner == null || Files.getOwner(directory).equals(owner)) {
            return;
        }
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path visited, BasicFileAttributes attributes) throws IOException {
                Files.setOwner(visited, owner);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!attributes.isSymbolicLink()) {
                    Files.setOwner(file, owner);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
