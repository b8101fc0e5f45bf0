/// The role that takes events from services and serves end users' apps.
@Configuration
@Requires(env = "api")
package io.belfry.api;

import io.micronaut.context.annotation.Configuration;
import io.micronaut.context.annotation.Requires;
