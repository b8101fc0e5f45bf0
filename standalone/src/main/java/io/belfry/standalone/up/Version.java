package io.belfry.standalone.up;

import java.util.Objects;
import picocli.CommandLine;

/// Belfry's version, from the jar's manifest.
public final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
        return new String[] {"belfry " + current(), "Java " + Runtime.version()};
    }

    public static String current() {
        return Objects.requireNonNullElse(Version.class.getPackage().getImplementationVersion(), "development");
    }
}
