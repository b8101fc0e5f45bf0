package io.belfry.console.users;

import io.belfry.core.feed.Listeners;
import io.micronaut.http.uri.UriBuilder;
import jakarta.inject.Singleton;
import java.util.Optional;

/// Finds the user whom a page is about. Thread-safe; blocks on the database and on Redis.
@Singleton
final class People {
    private final UserDirectory directory;
    private final Listeners listeners;

    People(UserDirectory directory, Listeners listeners) {
        this.directory = directory;
        this.listeners = listeners;
    }

    /// @param tab the page that is shown of them
    Optional<Person> find(String id, String tab) {
        return directory.find(id).map(user -> new Person(user, listeners.gatewaysOf(user.id()), tab));
    }

    /// The address of a page about a user.
    static String address(String page, String id) {
        return UriBuilder.of(Person.PATH + "/" + page)
                .queryParam("id", id)
                .build()
                .toString();
    }
}
