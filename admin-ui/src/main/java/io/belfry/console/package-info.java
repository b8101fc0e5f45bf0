/// The operators' console: server-rendered pages under `/console`. The role `console`.
@Configuration
@Requires(env = "console")
package io.belfry.console;

import io.micronaut.context.annotation.Configuration;
import io.micronaut.context.annotation.Requires;
