package io.belfry.standalone.doctor;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Java, memory, descriptors, disk, port.
final class MachineChecks {
    private static final int JAVA = 25;
    private static final long FEW_DESCRIPTORS = 10_000;
    private static final long LITTLE_MEMORY_BYTES = 1L << 30;
    private static final long LITTLE_DISK_BYTES = 1L << 30;

    private MachineChecks() {}

    static List<Finding> run(int port, Path data) {
        List<Finding> findings = new ArrayList<>();
        findings.add(java());
        if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean machine) {
            findings.add(memory(machine));
        }
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix) {
            findings.add(descriptors(unix.getMaxFileDescriptorCount()));
        }
        findings.add(disk(data.toAbsolutePath()));
        findings.add(port(port));
        return findings;
    }

    private static Finding java() {
        int feature = Runtime.version().feature();
        String found = System.getProperty("java.vm.name") + " " + Runtime.version();
        return feature >= JAVA
                ? new Finding.Good("Java", found)
                : new Finding.Bad("Java", found, "Belfry needs JDK " + JAVA + "; set JAVA_HOME to one.");
    }

    private static Finding memory(OperatingSystemMXBean machine) {
        long bytes = machine.getTotalMemorySize();
        String found = (bytes >> 20) + " MiB";
        return bytes >= LITTLE_MEMORY_BYTES
                ? new Finding.Good("Memory", found)
                : new Finding.Doubtful("Memory", found, "The demo with its PostgreSQL and Redis wants about 1 GiB.");
    }

    static Finding descriptors(long limit) {
        String found = limit + " file descriptors";
        return limit >= FEW_DESCRIPTORS
                ? new Finding.Good("Limits", found)
                : new Finding.Doubtful(
                        "Limits",
                        found,
                        "Each connection takes one. Raise it for a gateway: `ulimit -n 100000`, or LimitNOFILE= in"
                                + " its systemd unit.");
    }

    private static Finding disk(Path data) {
        Path existing = data;
        while (!Files.exists(existing) && existing.getParent() != null) {
            existing = existing.getParent();
        }
        try {
            FileStore store = Files.getFileStore(existing);
            long free = store.getUsableSpace();
            String found = data + ", " + (free >> 20) + " MiB free";
            if (!Files.isWritable(existing)) {
                return new Finding.Bad(
                        "Data directory", found, "It is not writable for you; choose another with --data.");
            }
            return free >= LITTLE_DISK_BYTES
                    ? new Finding.Good("Data directory", found)
                    : new Finding.Doubtful("Data directory", found, "PostgreSQL stops writing when the disk is full.");
        } catch (IOException failure) {
            return new Finding.Bad("Data directory", failure.toString(), "Choose another with --data.");
        }
    }

    private static Finding port(int port) {
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return new Finding.Good("Port", port == 0 ? "any" : port + " is free");
        } catch (IOException taken) {
            return new Finding.Doubtful(
                    "Port", port + " is taken", "If that is not Belfry itself, choose another with --port.");
        }
    }
}
