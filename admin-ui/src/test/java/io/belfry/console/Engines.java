package io.belfry.console;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import io.belfry.testkit.ChromiumProgram;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// The real browsers of a JVM's tests: one for each thread that wants one, as Playwright asks for, kept until the last
/// test is over, since starting one takes longer than most tests. Thread-safe.
final class Engines implements AutoCloseable {
    private final Map<Thread, Engine> engines = new ConcurrentHashMap<>();

    private record Engine(Playwright playwright, Browser browser) {
        static Engine start() {
            Playwright playwright = Playwright.create(
                    new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
            return new Engine(
                    playwright,
                    playwright
                            .chromium()
                            .launch(new BrowserType.LaunchOptions()
                                    .setExecutablePath(ChromiumProgram.path())
                                    .setArgs(List.of("--no-sandbox", "--disable-gpu"))));
        }
    }

    /// That of the calling thread.
    Browser own() {
        return engines.computeIfAbsent(Thread.currentThread(), thread -> Engine.start())
                .browser();
    }

    @Override
    public void close() {
        engines.values().forEach(engine -> {
            engine.browser().close();
            engine.playwright().close();
        });
        engines.clear();
    }
}
