package io.belfry.testkit;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A server that an earlier run left behind. A pid file alone proves nothing, since pids are reused: it is ours
/// only when the process runs the expected program and names this very file or directory among its arguments.
record Orphan(ProcessHandle process) {

    /// @param program how the name of the program starts
    /// @param argument what its command line must contain
    static Optional<Orphan> find(long pid, String program, Path argument) {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .filter(process -> process.info()
                        .command()
                        .map(command ->
                                Path.of(command).getFileName().toString().startsWith(program))
                        .orElse(false))
                .filter(process -> List.of(process.info().arguments().orElse(new String[0]))
                        .contains(argument.toString()))
                .map(Orphan::new);
    }

    /// Stops it and waits until it is gone.
    ///
    /// @throws IllegalStateException when not even KILL ends it in time
    void stop(ServerProcess.StopSignals signals, Duration patience) {
        for (String signal : List.of(signals.first(), signals.second(), "KILL")) {
            ServerProcess.send(signal, List.of(process.pid()));
            if (gone(patience)) {
                return;
            }
        }
        throw new IllegalStateException("process " + process.pid() + " of an earlier run does not end");
    }

    private boolean gone(Duration patience) {
        try {
            process.onExit().get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException stillThere) {
            return false;
        } catch (ExecutionException failure) {
            throw new CompletionException(failure.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while an earlier run's process ends", interrupted);
        }
    }
}
