package io.belfry.standalone.up;

import io.micronaut.context.ApplicationContext;
import io.micronaut.context.env.PropertySource;
import io.micronaut.runtime.server.EmbeddedServer;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The roles of this process: one Micronaut context, one HTTP server. Work that needs no HTTP begins with the
/// context; requests are taken after [#listen()].
final class RunningRoles implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RunningRoles.class);

    private final ApplicationContext context;
    private final Duration patience;

    private RunningRoles(ApplicationContext context, Duration patience) {
        this.context = context;
        this.patience = patience;
    }

    /// @param settings stand above those of application.yml and of the environment
    /// @param patience how long stopping may take, grace period included, before it is given up
    static RunningRoles start(Set<Role> roles, Map<String, Object> settings, Duration patience) {
        ApplicationContext context = ApplicationContext.builder()
                .mainClass(RunningRoles.class)
                .banner(false)
                .deduceEnvironment(false)
                .deduceCloudEnvironment(false)
                .environments(roles.stream().map(Role::environment).toArray(String[]::new))
                .properties(settings)
                .start();
        return new RunningRoles(context, patience);
    }

    <T> T get(Class<T> type) {
        return context.getBean(type);
    }

    /// Adds settings for what is made later on, such as all that serves requests.
    void addSettings(String name, Map<String, Object> settings) {
        context.getEnvironment().addPropertySource(PropertySource.of(name, settings));
    }

    /// Opens the port.
    ///
    /// @return the port
    int listen() {
        return context.getBean(EmbeddedServer.class).start().getPort();
    }

    /// Lets go of clients in good order, for as long as the grace period, and stops.
    @Override
    public void close() {
        Thread closing = Thread.ofPlatform().daemon().name("stop-roles").start(context::close);
        try {
            if (!closing.join(patience)) {
                LOG.warn("The roles did not stop within {}; going on without them", patience);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
