package io.belfry.benchmarks.scenario;

import io.belfry.benchmarks.server.BelfryProcess;
import io.belfry.benchmarks.server.Servers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/// Where what is measured comes from, and where it may keep its data.
///
/// @param home of the source tree
/// @param directory not there yet
public record Subject(Path home, Path directory) {
    public BelfryProcess standalone(Map<String, String> environment) throws IOException, InterruptedException {
        return BelfryProcess.standalone(home, directory.resolve("data"), environment);
    }

    Servers servers() throws IOException {
        return Servers.start(directory.resolve("servers"));
    }

    BelfryProcess role(Servers servers, String role, Map<String, String> environment)
            throws IOException, InterruptedException {
        return BelfryProcess.role(home, directory.resolve(role), servers, role, environment);
    }
}
