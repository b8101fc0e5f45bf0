/// The role that turns accepted events into notifications, publishes them, and pushes where no receipt came.
@Configuration
@Requires(env = "dispatcher")
package io.belfry.dispatcher;

import io.micronaut.context.annotation.Configuration;
import io.micronaut.context.annotation.Requires;
