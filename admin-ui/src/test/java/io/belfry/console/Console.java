package io.belfry.console;

import io.belfry.core.access.Operator;
import io.belfry.core.access.OperatorSessions;
import io.belfry.core.access.Operators;
import io.belfry.core.access.Role;
import io.belfry.core.inbox.InboxWriter;
import io.belfry.core.inbox.NewNotification;
import io.micronaut.context.ApplicationContext;
import java.net.URI;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/// A running console, and the browsers that look at it.
record Console(ApplicationContext context, URI url, Engines engines) implements AutoCloseable {
    static final String PASSWORD = "correct horse battery";

    <T> T get(Class<T> bean) {
        return context.getBean(bean);
    }

    /// As a browser would name it.
    String origin() {
        return url.toString();
    }

    Jdbi jdbi() {
        return get(Jdbi.class);
    }

    Operator operator(Role role) {
        return get(Operators.class)
                .create(role.label() + "-" + UUID.randomUUID() + "@example.com", "Ada " + role.label(), PASSWORD, role)
                .orElseThrow();
    }

    /// Writes what a dispatcher would; none runs here.
    void deliver(NewNotification notification) throws SQLException {
        jdbi().<SQLException>useTransaction(h ->
                get(InboxWriter.class).write(h.getConnection(), List.of(notification), List.of(notification.userId())));
    }

    Browser browser() {
        return new Browser(url);
    }

    /// A browser in which a new operator of that role has signed in; not by the form, which admits few a minute.
    Browser signedIn(Role role) {
        return signedIn(operator(role));
    }

    Browser signedIn(Operator operator) {
        Browser browser = browser();
        browser.take(ConsoleCookies.SESSION, get(OperatorSessions.class).begin(operator, "127.0.0.1", "test"));
        browser.get("/console/categories");
        return browser;
    }

    @Override
    public void close() {
        engines.close();
        context.close();
    }
}
