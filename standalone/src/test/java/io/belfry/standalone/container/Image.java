package io.belfry.standalone.container;

import io.belfry.standalone.BelfryCommand;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What the Dockerfile puts into `/opt/belfry`, in a directory of this machine: its own scripts and options, and a
/// `belfry.jar` that finds its libraries by its manifest, as the real one does.
record Image(Path directory) {
    static Image build(Path directory, Path docker) throws IOException {
        for (String file : List.of("entrypoint", "healthcheck", "jvm.options")) {
            Files.copy(docker.resolve(file), directory.resolve(file));
        }
        String libraries = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .map(entry -> Path.of(entry).toUri().toString())
                .collect(Collectors.joining(" "));
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, BelfryCommand.class.getName());
        manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, libraries);
        new JarOutputStream(Files.newOutputStream(directory.resolve("belfry.jar")), manifest).close();
        return new Image(directory);
    }

    String entrypoint() {
        return directory.resolve("entrypoint").toString();
    }

    String healthcheck() {
        return directory.resolve("healthcheck").toString();
    }
}
